// The room in every frame: between its lit and its shadowed picture by what the shadow map says (floor only).
uniform sampler2D room_lit, room_shadowed;

void main() {
    ivec2 p = ivec2(gl_FragCoord.xy);
    float key = normal.z > 0.5 ? lit() : 1.0;
    picture = vec4(mix(texelFetch(room_shadowed, p, 0).rgb, texelFetch(room_lit, p, 0).rgb, key), 1.0);
}
