import type { BatchView, SkuView } from '@image-studio/contract';
import sharp from 'sharp';
import { addsUp, type World } from '../world.ts';

export interface Verdict {
  skus: number;
  pictures: number;
  lost: number;
  doubled: number;
  /** Requests that the model accepted, more than pictures that it made. */
  paidTwice: number;
}

/** Holds the end of everything against what was promised; each breach is told to `fault`. */
export async function judge(
  world: World,
  ids: string[],
  fault: (sentence: string) => void,
): Promise<Verdict> {
  const verdict: Verdict = { skus: 0, pictures: 0, lost: 0, doubled: 0, paidTwice: 0 };
  let made = 0;
  for (const id of ids) {
    const batch = await world.batch(id);
    made += batch.calls.made;
    await judgeBatch(world, batch, verdict, fault);
  }
  const { accepted, duplicates } = world.gemini.stats();
  // A process may die between counting a call and sending it; one that was sent was counted.
  if (made < accepted) fault(`${accepted} calls arrived at the model, ${made} were counted`);
  const stored = world.s3.keys().filter((key) => key.startsWith('ai/')).length;
  verdict.paidTwice = accepted - stored;
  if (duplicates > verdict.paidTwice) fault(`${duplicates} pictures were bought again`);
  await judgeQueues(world, fault);
  return verdict;
}

async function judgeBatch(
  world: World,
  batch: BatchView,
  verdict: Verdict,
  fault: (sentence: string) => void,
): Promise<void> {
  const { id, counts, images } = batch;
  if (!addsUp(batch)) fault(`the counts of ${id} do not add up: ${JSON.stringify(counts)}`);
  const skus = await allSkus(world, id);
  verdict.skus += skus.length;
  const done = skus.filter(({ state }) => state === 'completed' || state === 'needsReview');
  const cancelled = skus.filter(({ state }) => state === 'cancelled');
  for (const { sku, state, failure } of skus) {
    if (done.some((one) => one.sku === sku) || state === 'cancelled') continue;
    verdict.lost += 1;
    fault(`${sku} of ${id} is ${state}: ${failure?.code} ${failure?.message}`);
  }
  if (batch.status !== 'cancelled' && cancelled.length > 0)
    fault(`${id} has cancelled SKUs of its own accord`);
  if (new Set(skus.map(({ sku }) => sku)).size !== counts.total) fault(`${id} lists its SKUs wrongly`);
  const pictures = skus.flatMap((sku) => sku.images);
  if (pictures.length !== images.done) {
    verdict.doubled += Math.abs(images.done - pictures.length);
    fault(`${id} counts ${images.done} pictures and has ${pictures.length}`);
  }
  for (const { sku, images: own } of done) {
    if (own.length !== 1) fault(`${sku} of ${id} has ${own.length} pictures instead of 1`);
    for (const { url } of own) {
      verdict.pictures += 1;
      await assertDecodable(url).catch((error) => fault(`a picture of ${sku} of ${id}: ${String(error)}`));
    }
  }
}

async function allSkus(world: World, id: string): Promise<SkuView[]> {
  const all: SkuView[] = [];
  let cursor = '';
  do {
    const answer = await world.studio.get(`/api/v1/batches/${id}/skus?limit=200&cursor=${cursor || 0}`);
    const page = (await answer.json()) as { items: SkuView[]; nextCursor: string | null };
    all.push(...page.items);
    cursor = page.nextCursor ?? '';
  } while (cursor !== '');
  return all;
}

async function assertDecodable(url: string): Promise<void> {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`the store answers ${answer.status}`);
  const { info } = await sharp(Buffer.from(await answer.arrayBuffer()))
    .raw()
    .toBuffer({ resolveWithObject: true });
  if (info.width !== 400 || info.height !== 400) throw new Error(`it is ${info.width}×${info.height}`);
}

async function judgeQueues(world: World, fault: (sentence: string) => void): Promise<void> {
  const metrics = await (await world.studio.get('/metrics')).text();
  for (const [, queue, state, count] of metrics.matchAll(
    /queue_jobs\{queue="(\w+)",state="([\w-]+)"\} (\d+)/g,
  )) {
    if ((queue === 'sku' || queue === 'ai') && !/completed|failed/.test(state ?? '') && count !== '0')
      fault(`${count} jobs are left over in queue ${queue}, state ${state}`);
  }
}
