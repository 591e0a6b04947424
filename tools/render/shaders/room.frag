// The empty room, drawn once per camera: `key` 1 gives it lit, 0 as if all of it lay in shadow.
uniform float key, planks, decorated, window_glow;
uniform vec3 mat_colour;
uniform vec4 mat_area;  // x from, x to, y from, y to

float hash(vec3 p) {
    p = fract(p * vec3(0.1031, 0.1030, 0.0973));
    p += dot(p, p.yxz + 33.33);
    return fract((p.x + p.y) * p.z);
}
float value(vec3 p) {
    vec3 i = floor(p), f = fract(p);
    f = f * f * (3.0 - 2.0 * f);
    vec4 low = vec4(hash(i), hash(i + vec3(1, 0, 0)), hash(i + vec3(0, 1, 0)), hash(i + vec3(1, 1, 0)));
    i.z += 1.0;
    vec4 high = vec4(hash(i), hash(i + vec3(1, 0, 0)), hash(i + vec3(0, 1, 0)), hash(i + vec3(1, 1, 0)));
    vec4 m = mix(low, high, f.z);
    return mix(mix(m.x, m.y, f.x), mix(m.z, m.w, f.x), f.y);
}
float noise(vec3 p) {
    return value(p) * 0.5 + value(p * 2.03 + 7.0) * 0.25 + value(p * 4.1 + 3.0) * 0.125 + value(p * 8.3 + 1.0) * 0.06;
}
vec3 floor_colour() {
    vec3 c = albedo * (0.9 + 0.2 * noise(world * 25.0));
    if (planks > 0.5) {
        float width = 0.14, len = 1.1, row = floor(world.x / width);
        float y = world.y + hash(vec3(row, 3.0, 1.0)) * len, id = floor(y / len), tone = hash(vec3(row, id, 5.0));
        float gap_x = abs(fract(world.x / width) - 0.5), gap_y = abs(fract(y / len) - 0.5);
        c = albedo * (0.82 + 0.36 * tone) * (0.82 + 0.36 * noise(vec3(world.x * 30.0 + tone * 50.0, world.y * 2.2, tone * 9.0)));
        c *= 1.0 - 0.45 * smoothstep(0.488, 0.497, gap_x) - 0.35 * smoothstep(0.4965, 0.499, gap_y);
    }
    bool on_mat = world.x > mat_area.x && world.x < mat_area.y && world.y > mat_area.z && world.y < mat_area.w;
    return on_mat ? mat_colour * (0.92 + 0.16 * noise(world * 180.0)) : c;
}
vec3 wall_colour(vec3 n, out float glow) {
    glow = 0.0;
    vec3 c = albedo * (0.97 + 0.06 * noise(world * 40.0));
    if (decorated < 0.5 || n.z < -0.5) return c;
    if (world.z < 0.09) c = vec3(0.82, 0.81, 0.79) * (world.z > 0.085 ? 0.6 : 1.0);
    vec2 q = vec2(dot(world.xy, abs(n.yx)), world.z);
    vec2 d = abs(q - vec2(1.15, 1.55));
    if (d.x < 0.32 && d.y < 0.24)
        c = (d.x > 0.29 || d.y > 0.21) ? vec3(0.13, 0.1, 0.08)
                                       : mix(vec3(0.35, 0.5, 0.6), vec3(0.75, 0.6, 0.4), noise(vec3(q * 5.0, 2.0)));
    d = abs(q - vec2(-1.3, 1.2));
    if (d.x < 0.42 && d.y < 0.55) {
        bool bar = d.x > 0.39 || d.y > 0.52 || d.x < 0.015;
        c = bar ? vec3(0.85) : vec3(0.62, 0.75, 0.88) * (0.8 + 0.3 * q.y);
        glow = bar ? 0.0 : window_glow;
    }
    return c;
}
void main() {
    vec3 n = normalize(normal);
    bool ground_plane = n.z > 0.5;
    float glow = 0.0;
    vec3 c = ground_plane ? floor_colour() : wall_colour(n, glow);
    float occlusion = ground_plane ? 0.55 + 0.45 * clamp(mix(1.0, key, 0.6) + 0.2, 0.0, 1.0) : 1.0;
    vec2 gloss = ground_plane && planks > 0.5 ? vec2(0.06, 24.0) : vec2(0.0, 1.0);
    picture = vec4(shade(c, n, vec3(0.9, 0.95, 1.0) * glow, occlusion, key, gloss), 1.0);
}
