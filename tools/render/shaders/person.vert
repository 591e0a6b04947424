#version 330
// Linear blend skinning of a dressed person: up to eight bones a vertex.
in vec3 pos, nrm, col;
in vec2 gloss;               // specular strength and exponent
in uvec4 bones_a, bones_b;
in vec4 weights_a, weights_b;
uniform vec4 bones[120];     // three rows of a 3x4 matrix for each bone
uniform mat4 view_projection;
out vec3 world, normal, albedo;
out vec2 shine;

void add(inout vec4 r0, inout vec4 r1, inout vec4 r2, uint bone, float w) {
    int i = int(bone) * 3;
    r0 += w * bones[i];
    r1 += w * bones[i + 1];
    r2 += w * bones[i + 2];
}

void main() {
    vec4 r0 = vec4(0.0), r1 = vec4(0.0), r2 = vec4(0.0);
    for (int k = 0; k < 4; k++) {
        add(r0, r1, r2, bones_a[k], weights_a[k]);
        add(r0, r1, r2, bones_b[k], weights_b[k]);
    }
    vec4 p = vec4(pos, 1.0);
    world = vec3(dot(r0, p), dot(r1, p), dot(r2, p));
    normal = vec3(dot(r0.xyz, nrm), dot(r1.xyz, nrm), dot(r2.xyz, nrm));
    albedo = col;
    shine = gloss;
    gl_Position = view_projection * vec4(world, 1.0);
}
