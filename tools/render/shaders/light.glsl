#version 330
// One key light with a soft shadow, light from sky and floor, a weak fill; filmic tone curve.
in vec3 world, normal, albedo;
in vec2 shine;
out vec4 picture;
uniform sampler2DShadow shadow_map;
uniform mat4 light_projection;
uniform vec3 eye, to_light, light_colour, sky, ground;
uniform float exposure;

float lit() {  // share of the key light that arrives: 1 outside the shadow map
    vec4 clip = light_projection * vec4(world, 1.0);
    vec3 q = clip.xyz / clip.w * 0.5 + 0.5;
    float sum = 0.0;
    for (int i = -1; i <= 1; i++)
        for (int j = -1; j <= 1; j++)
            sum += texture(shadow_map, vec3(q.xy + vec2(i, j) * (1.7 / 1024.0), q.z - 0.003));
    bool inside = all(greaterThan(q.xy, vec2(0.0))) && all(lessThan(q.xy, vec2(1.0)));
    return inside ? sum / 9.0 : 1.0;
}

vec3 shade(vec3 colour, vec3 n, vec3 emitted, float occlusion, float key, vec2 gloss) {
    vec3 to_eye = normalize(eye - world);
    vec3 linear = pow(colour, vec3(2.2));
    float facing = max(dot(n, to_light), 0.0);
    vec3 fill = vec3(0.07) * max(dot(n, normalize(vec3(-to_light.x, -to_light.y * 0.6 + 0.3, 0.35))), 0.0);
    vec3 ambient = mix(ground, sky, n.z * 0.5 + 0.5);
    vec3 light = linear * (ambient * occlusion + light_colour * facing * key + fill * light_colour) + emitted;
    light += gloss.x * light_colour * pow(max(dot(n, normalize(to_light + to_eye)), 0.0), gloss.y) * key;
    light *= exposure;
    light = light * (2.51 * light + 0.03) / (light * (2.43 * light + 0.59) + 0.14);
    return pow(clamp(light, 0.0, 1.0), vec3(1.0 / 2.2));
}
