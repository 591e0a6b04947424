// People and furniture. The open side of a sleeve or hem shows its inside.
void main() {
    vec3 n = normalize(normal);
    if (dot(n, eye - world) < 0.0) n = -n;
    float occlusion = mix(0.62, 1.0, smoothstep(-0.05, 0.35, world.z + 0.25 * n.z));
    picture = vec4(shade(albedo, n, vec3(0.0), occlusion, lit(), shine), 1.0);
}
