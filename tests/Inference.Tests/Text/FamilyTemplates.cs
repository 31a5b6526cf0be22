namespace ProofMesh.Inference.Tests;

/// <summary>Templates with the formats and the constructs of families whose packages ship none.</summary>
internal static class FamilyTemplates
{
    public const string ChatMl = """
        {% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}
        {% for message in messages %}
        {% if loop.first and message['role'] != 'system' %}{{ '<|im_start|>system\nYou help.<|im_end|>\n' }}{% endif %}
        {{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}
        {%- endfor %}
        {%- if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}
        """;

    public const string Zephyr = """
        {% for message in messages %}
        {% if message['role'] == 'user' %}
        {{ '<|user|>\n' + message['content'] + eos_token }}
        {% elif message['role'] == 'system' %}
        {{ '<|system|>\n' + message['content'] + eos_token }}
        {% elif message['role'] == 'assistant' %}
        {{ '<|assistant|>\n'  + message['content'] + eos_token }}
        {% endif %}
        {% if loop.last and add_generation_prompt %}
        {{ '<|assistant|>' }}
        {% endif %}
        {% endfor %}
        """;

    public const string Llama2 = """
        {%- if messages[0]['role'] == 'system' -%}
            {%- set turns = messages[1:] -%}{%- set system = messages[0]['content'] -%}
        {%- else -%}
            {%- set turns = messages -%}{%- set system = false -%}
        {%- endif -%}
        {%- for turn in turns -%}
            {%- if (turn['role'] == 'user') != (loop.index0 % 2 == 0) -%}
                {{- raise_exception('user and assistant must take turns') -}}
            {%- endif -%}
            {%- set said = '<<SYS>>\n' ~ system ~ '\n<</SYS>>\n\n' ~ turn['content'] if loop.index0 == 0 and system is string else turn['content'] -%}
            {%- if turn['role'] == 'user' -%}
                {{- bos_token + '[INST] ' + said.strip() + ' [/INST]' -}}
            {%- else -%}
                {{- ' ' + said | trim + ' ' + eos_token -}}
            {%- endif -%}
        {%- endfor -%}
        """;

    public const string Mistral = """
        {%- set system_message = messages[0]["content"] if messages[0]["role"] == "system" else none %}
        {%- set turns = messages[1:] if system_message is not none else messages %}
        {%- set asked = turns | selectattr("role", "equalto", "user") | list %}
        {%- set ns = namespace(index=0) %}
        {%- for message in turns if not (message.role == "tool" or message.tool_calls is defined) %}
            {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
                {{- raise_exception("After the optional system message, roles must alternate") }}
            {%- endif %}
            {%- set ns.index = ns.index + 1 %}
        {%- endfor %}
        {{- bos_token }}
        {%- for message in turns %}
            {%- if message["role"] == "user" %}
                {%- if tools is defined and tools is not none and message == asked[-1] %}
                    {{- "[AVAILABLE_TOOLS] " ~ (tools | tojson) ~ "[/AVAILABLE_TOOLS]" }}
                {%- endif %}
                {{- "[INST] " + (system_message + "\n\n" if loop.last and system_message else "") + message["content"] + "[/INST]" }}
            {%- elif message["role"] == "assistant" %}
                {{- " " + message["content"] | trim + eos_token }}
            {%- else %}
                {{- raise_exception("Only user and assistant roles are known, not " + message["role"]) }}
            {%- endif %}
        {%- endfor %}
        """;

    public const string Llama32 = """
        {{- bos_token }}
        {%- if not date_string is defined %}{%- set date_string = "26 Jul 2024" %}{%- endif %}
        {%- macro head(role) -%}{{ "<|start_header_id|>" + role + "<|end_header_id|>\n\n" }}{%- endmacro -%}
        {%- if messages[0]['role'] == 'system' %}
            {%- set system_message = messages[0]['content'] | trim %}
            {%- set messages = messages[1:] %}
        {%- else %}
            {%- set system_message = "" %}
        {%- endif %}
        {{- head("system") }}
        {%- if tools is defined and tools %}{{- "Tools: " + tools | map(attribute="name") | join(", ") + "\n" }}{%- endif %}
        {{- "Today Date: " + date_string + "\n\n" }}
        {{- system_message }}<|eot_id|>
        {%- for message in messages %}
            {%- if message.role in ['user', 'assistant'] %}
                {{- head(message['role']) + message['content'] | trim + '<|eot_id|>' }}
            {%- else %}
                {{- raise_exception('Unknown role: ' ~ message.role) }}
            {%- endif %}
        {%- endfor %}
        {%- if add_generation_prompt %}
            {{- head("assistant") }}
        {%- endif %}
        """;
}
