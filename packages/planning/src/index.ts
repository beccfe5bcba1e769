export * from './build-prompt.ts';
export * from './call-key.ts';
export * from './choose-sources.ts';
export * from './gemini-models.ts';
export * from './model-traits.ts';
export * from './plan-calls.ts';
export * from './plan-output.ts';
export * from './source-ref.ts';
