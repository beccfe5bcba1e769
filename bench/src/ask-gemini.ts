import type { Provider } from './quota-provider.ts';

/** One plain request for a picture, as a script without a queue makes it; `photo` is base64. */
export function askGemini(
  { baseUrl, apiKey }: Pick<Provider, 'baseUrl' | 'apiKey'>,
  photo: string,
): Promise<Response> {
  return fetch(`${baseUrl}/v1beta/models/gemini-nano-banana-2.1:generateContent`, {
    method: 'POST',
    headers: { 'x-goog-api-key': apiKey, 'content-type': 'application/json' },
    body: JSON.stringify({
      contents: [
        { role: 'user', parts: [{ inlineData: { mimeType: 'image/jpeg', data: photo } }, { text: 'p' }] },
      ],
    }),
  });
}
