import { createHmac } from 'node:crypto';
import { eventually } from '@image-studio/testkit';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { ATTACKS } from './neighbours/attacks.ts';
import { KEYS } from './neighbours/keys.ts';
import { type Neighbourhood, openNeighbourhood, type Round } from './neighbours/neighbourhood.ts';
import { startAttack } from './neighbours/start-attack.ts';

let town: Neighbourhood;
/** What a round of beta's work takes when nobody attacks. */
let alone: Round;

beforeAll(async () => {
  town = await openNeighbourhood();
  alone = await town.betaWorks();
});

afterAll(() => town?.close());

test.each<[string, keyof typeof ATTACKS]>([
  ['leaves 44 quotes of 12 MB unfinished', 'unfinishedQuotes'],
  ['tests webhooks that hang, and has a hundred messages to them', 'hangingWebhooks'],
  ['scrapes the metrics with a hundred scrapers', 'scrapers'],
  ['guesses thousands of keys', 'guessers'],
  ['sends tables and reviews of nonsense', 'largeNonsense'],
  ['submits photos that are built to be heavy to decode', 'hostilePhotos'],
  ['submits more large photos than there are cores for', 'largePhotos'],
])('while a neighbour %s, another tenant gets its pictures and pays for its own calls', async (_, attack) => {
  const attacker = await startAttack(attack, town);
  try {
    const { costUsd, calls, callsOnTheWire } = await town.betaWorks();
    expect([calls, callsOnTheWire]).toEqual([alone.calls, alone.callsOnTheWire]);
    expect(Math.round(costUsd * 100)).toBe(Math.round(alone.costUsd * 100));
    expect(attacker.tally().letIn ?? 0).toBe(0);
  } finally {
    await attacker.stop();
  }
});

test('guesses have left lines in the audit, and not one for each', () => {
  const refused = town
    .log()
    .split('\n')
    .filter((line) => line.includes('"audit":true') && line.includes('"status":4'));
  expect(refused.some((line) => line.includes('connectSocket'))).toBe(true);
  expect(refused.length).toBeLessThan(1000);
  expect(town.log()).not.toContain('of-a-stranger');
});

test('a secret made at one replica signs what workers send for its tenant, and for no other', async () => {
  const [first, second] = town.apis;
  const secretOf = async (key: string) => {
    const answer = await town.call(first, key, 'POST', '/webhooks/secret');
    return ((await answer.json()) as { secret: string }).secret;
  };
  const [acme, beta] = [await secretOf(KEYS.acme), await secretOf(KEYS.beta)];
  const answer = await town.call(second, KEYS.beta, 'POST', '/webhooks/test', {
    url: `${town.receiver}/signed`,
  });
  expect(await answer.json()).toMatchObject({ status: 'delivered' });
  const sent = await eventually(() => {
    const found = town.received.find(({ path }) => path === '/signed');
    if (!found) throw new Error('the test has not arrived');
    return found;
  });
  const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': signatures } = sent.headers;
  const signedBy = (secret: string) => {
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${at}.${sent.body}`).digest('base64');
    return signatures?.split(' ').includes(`v1,${signature}`);
  };
  expect([signedBy(beta), signedBy(acme)]).toEqual([true, false]);
});

test('a link that one replica gives out opens at the other, without a secret in the configuration', async () => {
  const [first, second] = town.apis;
  const list = await town.call(first, KEYS.beta, 'GET', '/batches?limit=1');
  const [batch] = ((await list.json()) as { items: { id: string }[] }).items;
  const page = await town.call(first, KEYS.beta, 'GET', `/batches/${batch?.id}/skus?limit=1`);
  const [sku] = ((await page.json()) as { items: { images: { url: string }[] }[] }).items;
  const link = new URL(sku?.images[0]?.url ?? '');
  for (const api of [first, second]) {
    expect((await fetch(`${api}${link.pathname}${link.search}`)).status).toBe(200);
    expect((await fetch(`${api}${link.pathname}`)).status).toBe(404);
  }
});
