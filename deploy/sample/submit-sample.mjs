/**
 * Submits the sample catalogue as a batch, once: the key makes a second submission the same one. `STUDIO_URL`, `API_KEYS` (the
 * first one is used), `CATALOGUE_URL` (where `catalogue.json` and `photos/` are).
 */
const { STUDIO_URL, API_KEYS = '', CATALOGUE_URL } = process.env;
const key = API_KEYS.split(',', 1)[0].replace(/^.*[@:]/, '');

const { name, skus } = await (await fetch(`${CATALOGUE_URL}/catalogue.json`)).json();
const batch = {
  name,
  skus: skus.map(({ sku, attributes, images }) => ({
    sku,
    attributes,
    images: images.map((file) => ({
      url: `${CATALOGUE_URL}/photos/${encodeURIComponent(file)}`,
      name: file,
    })),
  })),
};
const answer = await fetch(`${STUDIO_URL}/api/v1/batches`, {
  method: 'POST',
  headers: {
    authorization: `Bearer ${key}`,
    'content-type': 'application/json',
    'idempotency-key': 'sample-catalogue',
  },
  body: JSON.stringify(batch),
});
const said = await answer.text();
console.log(answer.ok ? `The sample catalogue is submitted: ${JSON.parse(said).id}` : said);
process.exitCode = answer.ok ? 0 : 1;
