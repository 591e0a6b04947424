#version 330
// Things that do not bend: room and furniture.
in vec3 pos, nrm, col;
in vec2 gloss;
uniform mat4 view_projection;
out vec3 world, normal, albedo;
out vec2 shine;

void main() {
    world = pos;
    normal = nrm;
    albedo = col;
    shine = gloss;
    gl_Position = view_projection * vec4(pos, 1.0);
}
