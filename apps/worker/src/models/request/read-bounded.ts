/** The body of an answer, or `null` as soon as it turns out to be larger than `maxBytes`; the rest is not read. */
export async function readBounded(response: Response, maxBytes: number): Promise<Buffer | null> {
  const { body } = response;
  if (body === null) return Buffer.alloc(0);
  if (Number(response.headers.get('content-length') ?? 0) > maxBytes) {
    await body.cancel();
    return null;
  }
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop cancels the stream, and with it the request.
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
