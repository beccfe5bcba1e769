import { geminiTraits, LOCAL_TRAITS, type ModelTraits } from './model-traits.ts';
import { type OpenaiOffer, openaiTraits } from './openai-traits.ts';
import { type OpenrouterOffer, openrouterTraits } from './openrouter-traits.ts';

/** An engine and what the configuration says of it; never a key. */
export type EngineChoice =
  | { engine: 'local' }
  | { engine: 'gemini'; defaultModel: string }
  | ({ engine: 'openai-images' } & OpenaiOffer)
  | ({ engine: 'openrouter' } & OpenrouterOffer);

/** What is known of the chosen engine without calling it. */
export function traitsOf(choice: EngineChoice): ModelTraits {
  switch (choice.engine) {
    case 'local':
      return LOCAL_TRAITS;
    case 'gemini':
      return geminiTraits(choice.defaultModel);
    case 'openai-images':
      return openaiTraits(choice);
    case 'openrouter':
      return openrouterTraits(choice);
  }
}
