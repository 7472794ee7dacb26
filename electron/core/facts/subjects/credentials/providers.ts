/** Names of variables and settings in which keys of model providers and clouds are kept. */
export const KEY_NAMES: readonly { name: string; provider: string }[] = [
  { name: 'OPENAI_API_KEY', provider: 'OpenAI' },
  { name: 'OPENAI_KEY', provider: 'OpenAI' },
  { name: 'AZURE_OPENAI_API_KEY', provider: 'Azure' },
  { name: 'AZURE_OPENAI_KEY', provider: 'Azure' },
  { name: 'AZURE_API_KEY', provider: 'Azure' },
  { name: 'AZURE_CLIENT_SECRET', provider: 'Azure' },
  { name: 'ANTHROPIC_API_KEY', provider: 'Anthropic' },
  { name: 'ANTHROPIC_AUTH_TOKEN', provider: 'Anthropic' },
  { name: 'CLAUDE_API_KEY', provider: 'Anthropic' },
  { name: 'GOOGLE_API_KEY', provider: 'Google' },
  { name: 'GEMINI_API_KEY', provider: 'Google' },
  { name: 'GOOGLE_GENERATIVE_AI_API_KEY', provider: 'Google' },
  { name: 'GOOGLE_APPLICATION_CREDENTIALS', provider: 'Google' },
  { name: 'MISTRAL_API_KEY', provider: 'Mistral' },
  { name: 'GROQ_API_KEY', provider: 'Groq' },
  { name: 'COHERE_API_KEY', provider: 'Cohere' },
  { name: 'CO_API_KEY', provider: 'Cohere' },
  { name: 'OPENROUTER_API_KEY', provider: 'OpenRouter' },
  { name: 'TOGETHER_API_KEY', provider: 'Together' },
  { name: 'TOGETHERAI_API_KEY', provider: 'Together' },
  { name: 'FIREWORKS_API_KEY', provider: 'Fireworks' },
  { name: 'DEEPSEEK_API_KEY', provider: 'DeepSeek' },
  { name: 'XAI_API_KEY', provider: 'xAI' },
  { name: 'PERPLEXITY_API_KEY', provider: 'Perplexity' },
  { name: 'PPLX_API_KEY', provider: 'Perplexity' },
  { name: 'REPLICATE_API_TOKEN', provider: 'Replicate' },
  { name: 'NVIDIA_API_KEY', provider: 'NVIDIA' },
  { name: 'CEREBRAS_API_KEY', provider: 'Cerebras' },
  { name: 'VOYAGE_API_KEY', provider: 'Voyage' },
  { name: 'DASHSCOPE_API_KEY', provider: 'Alibaba' },
  { name: 'MOONSHOT_API_KEY', provider: 'Moonshot' },
  { name: 'OLLAMA_API_KEY', provider: 'Ollama' },
  { name: 'HF_TOKEN', provider: 'Hugging Face' },
  { name: 'HUGGINGFACE_TOKEN', provider: 'Hugging Face' },
  { name: 'HUGGING_FACE_HUB_TOKEN', provider: 'Hugging Face' },
  { name: 'HUGGINGFACEHUB_API_TOKEN', provider: 'Hugging Face' },
  { name: 'AWS_ACCESS_KEY_ID', provider: 'AWS' },
  { name: 'AWS_SECRET_ACCESS_KEY', provider: 'AWS' },
  { name: 'AWS_SESSION_TOKEN', provider: 'AWS' },
  { name: 'AWS_BEARER_TOKEN_BEDROCK', provider: 'AWS' },
  { name: 'TAVILY_API_KEY', provider: 'Tavily' },
  { name: 'SERPAPI_API_KEY', provider: 'SerpApi' },
  { name: 'BRAVE_API_KEY', provider: 'Brave' },
];

/** Shapes of bare values, as POSIX extended expressions; checked in this order, the first that fits names the value. */
export const KEY_SHAPES: readonly { name: string; provider: string; shape: string }[] = [
  { name: 'sk-ant-…', provider: 'Anthropic', shape: 'sk-ant-[A-Za-z0-9_-]{20,}' },
  { name: 'sk-or-…', provider: 'OpenRouter', shape: 'sk-or-[A-Za-z0-9_-]{20,}' },
  { name: 'sk-proj-…', provider: 'OpenAI', shape: 'sk-proj-[A-Za-z0-9_-]{20,}' },
  { name: 'sk-…', provider: 'OpenAI or alike', shape: 'sk-[A-Za-z0-9]{20,}' },
  { name: 'AKIA…', provider: 'AWS', shape: '(AKIA|ASIA)[0-9A-Z]{16}' },
  { name: 'hf_…', provider: 'Hugging Face', shape: 'hf_[A-Za-z0-9]{30,}' },
  { name: 'AIza…', provider: 'Google', shape: 'AIza[0-9A-Za-z_-]{35}' },
  { name: 'gsk_…', provider: 'Groq', shape: 'gsk_[A-Za-z0-9]{40,}' },
  { name: 'xai-…', provider: 'xAI', shape: 'xai-[A-Za-z0-9]{40,}' },
  { name: 'pplx-…', provider: 'Perplexity', shape: 'pplx-[A-Za-z0-9]{40,}' },
  { name: 'r8_…', provider: 'Replicate', shape: 'r8_[A-Za-z0-9]{36,}' },
];

const PROVIDER_BY_NAME = new Map(KEY_NAMES.map((entry) => [entry.name, entry.provider]));

/** @returns whose key a variable of this name holds, or null; upper and lower case are the same */
export function providerOf(name: string): string | null {
  return PROVIDER_BY_NAME.get(name.toUpperCase()) ?? null;
}
