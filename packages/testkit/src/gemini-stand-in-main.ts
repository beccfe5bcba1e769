import { type GeminiStandInOptions, startGeminiStandIn } from './gemini-stand-in.ts';

/**
 * The stand-in as a process of its own. `PORT` and `API_KEY`; `CONFIG` holds further options as JSON. Prints one JSON
 * line with its address once it listens, and serves `GET /__stats`, `POST /__config`, `POST /__reset`.
 */
const { PORT, API_KEY, CONFIG } = process.env;
const standIn = await startGeminiStandIn({
  ...(PORT === undefined ? {} : { port: Number(PORT) }),
  ...(API_KEY === undefined ? {} : { apiKey: API_KEY }),
  ...(CONFIG === undefined ? {} : (JSON.parse(CONFIG) as Partial<GeminiStandInOptions>)),
});
console.log(JSON.stringify({ baseUrl: standIn.baseUrl, url: standIn.baseUrl, apiKey: standIn.apiKey }));
for (const signal of ['SIGTERM', 'SIGINT'] as const) {
  process.once(signal, () => void standIn.close());
}
