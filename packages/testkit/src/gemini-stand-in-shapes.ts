/**
 * Shapes in which servers have been seen to answer a picture, besides the documented one: Google's own libraries and older
 * routes, relays, and models that think. Those of the second list bring no picture that could be read.
 */
export const READABLE_SHAPES = [
  'fileData',
  'snakeCase',
  'dataPrefix',
  'secondCandidate',
  'inArray',
  'pieces',
  'events',
  'wrapped',
  'markdownData',
  'markdownLink',
  'chatImages',
  'b64Json',
  'thoughtOnly',
  'oddFields',
] as const;
export const UNREADABLE_SHAPES = [
  'bucketFile',
  'lostFile',
  'sketchOnly',
  'unknownPart',
  'unknownBody',
] as const;
export type AnswerShape = (typeof READABLE_SHAPES)[number] | (typeof UNREADABLE_SHAPES)[number];

export function isShape(name: string | undefined): name is AnswerShape {
  return ([...READABLE_SHAPES, ...UNREADABLE_SHAPES] as (string | undefined)[]).includes(name);
}

/** The body of an answer in that shape. `picture` is base64; `fileUri` is where it can be fetched with the key. */
export function shapedBody(
  shape: AnswerShape,
  { picture, fileUri, usage }: { picture: string; fileUri: string; usage: object },
): string {
  const inlineData = { mimeType: 'image/jpeg', data: picture };
  const candidate = (parts: unknown[], more = {}) => ({
    content: { role: 'model', parts },
    finishReason: 'STOP',
    index: 0,
    ...more,
  });
  const whole = { candidates: [candidate([{ inlineData }])], usageMetadata: usage };
  const answer = (parts: unknown[]) => JSON.stringify({ ...whole, candidates: [candidate(parts)] });
  const text = { text: 'Here is the product.' };
  switch (shape) {
    case 'fileData':
      return answer([{ fileData: { mimeType: 'image/jpeg', fileUri } }]);
    case 'bucketFile':
      return answer([{ fileData: { mimeType: 'image/jpeg', fileUri: 'gs://pictures/answer.jpg' } }]);
    case 'lostFile':
      return answer([{ fileData: { mimeType: 'image/jpeg', fileUri: `${fileUri}-lost` } }]);
    case 'snakeCase':
      return JSON.stringify({
        candidates: [
          {
            content: { role: 'model', parts: [{ inline_data: { mime_type: 'image/jpeg', data: picture } }] },
            finish_reason: 'STOP',
          },
        ],
        usage_metadata: inSnakeCase(usage),
        model_version: 'stand-in',
      });
    case 'dataPrefix':
      return answer([text, { inlineData: { ...inlineData, data: `data:image/jpeg;base64,${picture}` } }]);
    case 'secondCandidate':
      return JSON.stringify({
        ...whole,
        candidates: [candidate([text]), candidate([{ inlineData }], { index: 1 })],
      });
    case 'inArray':
      return JSON.stringify([whole]);
    case 'pieces':
      return JSON.stringify(piecesOf(whole, [[text], [{ inlineData }], [{ text: '' }]], candidate));
    case 'events':
      return piecesOf(whole, [[text], [{ inlineData }]], candidate)
        .map((piece) => `data: ${JSON.stringify(piece)}\r\n\r\n`)
        .join('');
    case 'wrapped':
      return JSON.stringify({ code: 200, data: { response: whole } });
    case 'markdownData':
      return answer([{ text: `Here it is:\n![image](data:image/jpeg;base64,${picture})` }]);
    case 'markdownLink':
      return answer([{ text: `Here it is:\n![image](${fileUri})\nAnything else?` }]);
    case 'chatImages': {
      const image = { type: 'image_url', image_url: { url: `data:image/jpeg;base64,${picture}` } };
      const message = { role: 'assistant', content: 'Here it is.', images: [image] };
      return JSON.stringify({
        object: 'chat.completion',
        choices: [{ index: 0, message, finish_reason: 'stop' }],
      });
    }
    case 'b64Json':
      return JSON.stringify({ created: 1, data: [{ b64_json: picture }] });
    case 'thoughtOnly':
      return answer([
        { thought: true, text: 'Considering the light.' },
        { thought: true, inlineData },
      ]);
    case 'sketchOnly':
      return answer([{ thought: true, inlineData: { mimeType: 'image/png', data: SKETCH } }]);
    case 'oddFields':
      return JSON.stringify({
        ...whole,
        candidates: [
          { ...candidate([{ inlineData, thought: null, text: 7 }]), finishReason: 1, safetyRatings: 'none' },
        ],
        modelVersion: 7,
        promptFeedback: null,
      });
    case 'unknownPart':
      return answer([{ hologram: { mimeType: 'image/jpeg', frames: [picture] } }]);
    case 'unknownBody':
      return JSON.stringify({ status: 'ok', picture: { encoding: 'base64', content: picture } });
  }
}

/** A PNG of one black pixel. */
export const SKETCH =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==';

/** The pieces of a streamed answer: parts one after the other, finish reason and usage with the last. */
function piecesOf(
  whole: { usageMetadata: object },
  pieces: unknown[][],
  candidate: (parts: unknown[], more?: object) => object,
): object[] {
  return pieces.map((parts, at) =>
    at < pieces.length - 1
      ? { candidates: [candidate(parts, { finishReason: undefined })] }
      : { candidates: [candidate(parts)], usageMetadata: whole.usageMetadata },
  );
}

function inSnakeCase(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inSnakeCase);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
      inSnakeCase(inner),
    ]),
  );
}
