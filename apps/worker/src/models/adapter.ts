import type { Inspected, PictureWork } from '@image-studio/imaging/pool';
import type { ModelTraits } from '@image-studio/planning';
import type { ModelConfig } from '@image-studio/runtime';
import type { ImageModel } from './image-model.ts';

/** What the configuration says of a model. Never log it: it holds the key. */
export interface ModelAccess extends ModelConfig {
  traits: ModelTraits;
}

/** What an adapter may use of the process. */
export interface AdapterTools {
  /** Decodes an answer, and tells its type and size. Rejects with an `Error` that says what is wrong. */
  inspect(image: Buffer): Promise<Inspected>;
  /** Fetches a picture that an answer gives only the address of, if requests may go there. */
  fetchPicture(url: string, signal: AbortSignal): Promise<Buffer>;
  /** The engine of this machine. */
  render: PictureWork['render'];
}

/** Makes the `ImageModel` of one provider: one file, and one line in `adapters.ts`. */
export type Adapter = (access: ModelAccess, tools: AdapterTools) => ImageModel;
