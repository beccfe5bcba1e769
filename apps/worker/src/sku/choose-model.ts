import { type CallFailure, DEFAULT_POOL, type FallbackReason, type RouteStep } from '@image-studio/contract';
import { type ModelPlan, modelPlans, priceOf } from '@image-studio/planning';
import { entryOfUnbooked, findUnbookedPicture } from '../store/unbooked-picture.ts';
import { callFailed, findPaidPicture, type PaidPicture, type StoredCall } from './paid-picture.ts';
import type { SkuWork } from './sku-work.ts';

/** The call of a slot by the model that is to make it, and its picture once that is paid for. */
export interface ChosenCall {
  call: StoredCall;
  picture: PaidPicture | null;
  /** What the batch calls the model; empty where it names no several. */
  alias: string;
}

/** The call of the slot as one model makes it. */
export type PlanCall = (plan: ModelPlan['plan']) => StoredCall | undefined;

/** A model that may make the picture, and its call. */
interface Candidate {
  alias: string;
  pool: string;
  call: StoredCall;
}

/**
 * Which model makes the picture of a slot. A picture that any of them has made is used. Otherwise the model at the end of the
 * slot's route makes it; a route begins with the wished model. When that model's pool makes no calls, or its call has failed in
 * a way in which another model may not fail, the next model that can takes over, and the route says so before that model is
 * asked. Each start of a SKU decides anew by what it finds, so nothing is lost in between. In the economy lane the wished model
 * keeps the call until the batch is released, also while its pool makes no calls: provider batches have limits of their own.
 * `call`: as the wished model makes it. Rejects with the failure of a call that no other model may make.
 */
export async function chooseModel(work: SkuWork, call: StoredCall, planCall: PlanCall): Promise<ChosenCall> {
  const { job } = work;
  const models = candidatesOf(work, call, planCall);
  for (const { alias, call } of models) {
    const picture = await findPaidPicture(work, job, call);
    if (picture) return { alias, call, picture };
  }
  for (;;) {
    const at = currentOf(work, call, models);
    const failure = await job.callFailure(at.call);
    const back = failure ? undefined : await recoveredBefore(work, call, { models, at });
    if (back !== undefined && !(await job.isOnTheWire(at.call.callKey))) {
      const picture = await takeOver(work, at.call);
      if (picture) return { alias: at.alias, call: at.call, picture };
      await noteStep(work, call, { from: at.alias, to: back.alias, why: 'recovered' });
      continue;
    }
    const open = models.filter(({ alias }) => alias !== at.alias && !isExcluded(work, call, alias));
    const mayWait = at === models[0] && (await isInEconomyLane(work));
    const why = failure ? mayMoveFor(work, call, failure) : mayWait ? null : await troubleOf(work, at);
    if (failure && (why === null || open.length === 0)) throw callFailed(failure);
    if (why === null) return asked(at, open);
    const next = await firstThatCan(work, open);
    if (next === undefined && !failure) return asked(at, open);
    const to = next ?? (open[0] as Candidate);
    if (!failure) {
      if (await job.isOnTheWire(at.call.callKey)) return asked(at, open);
      const picture = await takeOver(work, at.call);
      if (picture) return { alias: at.alias, call: at.call, picture };
    }
    await noteStep(work, call, { from: at.alias, to: to.alias, why });
    if (!(await job.callFailure(to.call))) {
      return asked(
        to,
        models.filter(({ alias }) => alias !== to.alias && !isExcluded(work, call, alias)),
      );
    }
  }
}

/** The call, with the pools that may make it instead. */
function asked({ alias, call, pool }: Candidate, others: readonly Candidate[]): ChosenCall {
  const pools = [...new Set(others.map((other) => other.pool))].filter((name) => name !== pool);
  return { alias, call: pools.length === 0 ? call : { ...call, fallbacks: pools }, picture: null };
}

/** Whether another model than the wished one makes the call now. */
export function isMoved(work: SkuWork, call: StoredCall): boolean {
  const { alias = '' } = work.plan;
  return (stepsOf(work, call).at(-1)?.to ?? alias) !== alias;
}

const isInEconomyLane = async ({ begun, job }: SkuWork): Promise<boolean> =>
  begun.options.lane === 'economy' && job.isInEconomyLane();

function candidatesOf(work: SkuWork, wished: StoredCall, planCall: PlanCall): [Candidate, ...Candidate[]] {
  const [first, ...others] = modelPlans(work.plan);
  const candidate = (alias: string, call: StoredCall) => ({ alias, pool: call.pool ?? DEFAULT_POOL, call });
  return [
    candidate(first.alias, wished),
    ...others.flatMap(({ alias, plan, covers }) => {
      const call = planCall(plan);
      return call && covers(call) ? [candidate(alias, call)] : [];
    }),
  ];
}

/** The route of the slot in its present round, from the latest retry on. */
function stepsOf({ progress }: SkuWork, { slot, round }: StoredCall): RouteStep[] {
  const steps = (progress.record.routes?.[slot] ?? []).filter((step) => step.round === round);
  return steps.slice(steps.findLastIndex(({ why }) => why === 'retried') + 1);
}

function currentOf(work: SkuWork, call: StoredCall, models: [Candidate, ...Candidate[]]): Candidate {
  const last = stepsOf(work, call).at(-1);
  return models.find(({ alias }) => alias === last?.to) ?? models[0];
}

/** An earlier model of the batch whose pool was the reason to leave it, and now makes calls again, or may be probed. */
async function recoveredBefore(
  work: SkuWork,
  call: StoredCall,
  { models, at }: { models: readonly Candidate[]; at: Candidate },
): Promise<Candidate | undefined> {
  for (const one of models.slice(0, models.indexOf(at))) {
    if (!isExcluded(work, call, one.alias) && (await troubleOf(work, one)) === null) return one;
  }
  return undefined;
}

/** Reasons to leave a model that lie in the picture or the model, and not in its pool's state: such a model is not asked again. */
const FOR_GOOD: ReadonlySet<FallbackReason> = new Set(['refused', 'unavailable', 'modelGone']);

function isExcluded(work: SkuWork, call: StoredCall, alias: string): boolean {
  return stepsOf(work, call).some(({ from, why }) => from === alias && FOR_GOOD.has(why));
}

/** A refusal moves a picture once: two models that refuse it are right. */
function mayMoveFor(work: SkuWork, call: StoredCall, { movesOn }: CallFailure): FallbackReason | null {
  if (movesOn === undefined) return null;
  const wasRefused = stepsOf(work, call).some(({ why }) => why === 'refused');
  return movesOn === 'refused' && wasRefused ? null : movesOn;
}

/** Why the model's pool makes no calls; `null` when it does, and for the one call that may probe it. */
async function troubleOf({ job }: SkuWork, { pool, call }: Candidate): Promise<FallbackReason | null> {
  const trouble = await job.troubles.of(pool);
  if (trouble === null) return null;
  return trouble.isProbeDue && (await job.troubles.takeProbe(pool, call.callKey)) ? null : trouble.why;
}

async function firstThatCan(
  { job }: SkuWork,
  candidates: readonly Candidate[],
): Promise<Candidate | undefined> {
  for (const one of candidates) if ((await job.troubles.of(one.pool)) === null) return one;
  return undefined;
}

/** Books a picture that the model has made although its worker died before it could book it; its request is booked as lost. `null` without one. */
async function takeOver(work: SkuWork, call: StoredCall): Promise<PaidPicture | null> {
  const { job, ledger, plan } = work;
  const found = await findUnbookedPicture(work, call.callKey, job.signal);
  if (!found) return null;
  const paid = { model: call.model, costUsd: priceOf(plan, call), payer: 'unknown' };
  await ledger.record(call.callKey, entryOfUnbooked(found, paid));
  return findPaidPicture(work, job, call);
}

async function noteStep(
  { job, progress }: SkuWork,
  { slot, round }: StoredCall,
  step: Pick<RouteStep, 'from' | 'to' | 'why'>,
): Promise<void> {
  const { record } = progress;
  const steps = [...(record.routes?.[slot] ?? []), { round, ...step, at: new Date().toISOString() }];
  const kept = steps.filter(({ why }, place) => place >= steps.length - MOST_STEPS || FOR_GOOD.has(why));
  record.routes = { ...record.routes, [slot]: kept };
  await job.note(record);
}

/** Steps of a slot's route that are kept, beside those `FOR_GOOD`: pools that go down and come back for days must not make its record grow. */
const MOST_STEPS = 20;
