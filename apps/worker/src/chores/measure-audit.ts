import { setMaxListeners } from 'node:events';
import {
  findProfile,
  judgePicture,
  type PictureMeasures,
  parseUrl,
  StageError,
} from '@image-studio/contract';
import type { PictureWork } from '@image-studio/imaging/pool';
import type { AuditWork, ChoreOutcome, ChorePart, PictureToMeasure } from '@image-studio/queue';
import { auditThumbKey, IMMUTABLE, type ObjectStore } from '@image-studio/storage';
import type { Downloader } from '../sources/download.ts';
import { readUploadedPhoto, uploadedDigest } from '../sources/read-uploaded-photo.ts';
import { wantedPauseMs } from '../sources/too-many-requests.ts';
import { STORE_WAIT_MS, StoreUnavailable } from '../store/store-unavailable.ts';
import type { HostLimiter } from './host-limiter.ts';
import { namesPlaceholder } from './names-placeholder.ts';

export interface MeasureAuditDeps {
  audits: AuditWork;
  downloader: Downloader;
  store: ObjectStore;
  pictures: PictureWork;
  hosts: HostLimiter;
  /** Bytes of the largest picture that is fetched. */
  maxBytes: number;
}

/** Pictures of a part that are fetched or measured at once. */
const AT_ONCE = 6;
/** When a host has said "later" to one audit so many times, that counts as a no. */
const MOST_REFUSALS = 40;

interface Terms {
  tenant: string;
  profiles: string[];
}

/**
 * Measures the pictures of one part of an audit that nobody has measured yet: fetch, measure in a child process, hold against
 * the profiles, record. A host that wants to be left alone makes the part wait; what may be a passing fault of the network is
 * tried again with the part, and counts as a broken link at its last try.
 */
export function measureAudit(deps: MeasureAuditDeps): (part: ChorePart) => Promise<ChoreOutcome> {
  return async (part) => {
    const terms = await deps.audits.auditTerms(part.id);
    if (terms === null) return { next: 'done' };
    // Each picture listens in several places, and node warns of the eleventh.
    setMaxListeners(0, part.signal);
    const left = await deps.audits.picturesToMeasure(part.id, part.from, part.to);
    const waits: number[] = [];
    let missed: unknown;
    const next = async (): Promise<void> => {
      for (let picture = left.shift(); picture; picture = left.shift()) {
        part.signal.throwIfAborted();
        if (!(await part.isWanted())) return;
        try {
          await unlessStopped(measureOne(deps, part, terms, picture), part.signal);
        } catch (error) {
          part.signal.throwIfAborted();
          if (error instanceof HostPaused) waits.push(error.ms);
          else if (error instanceof StoreUnavailable) waits.push(STORE_WAIT_MS);
          else missed ??= error;
        }
      }
    };
    await Promise.all(Array.from({ length: AT_ONCE }, next));
    if (missed !== undefined) throw missed;
    return waits.length === 0 ? { next: 'done' } : { next: 'wait', ms: Math.max(...waits) };
  };
}

/** A measurement in a child process goes on to its end; nobody waits for it once the signal has fired. */
function unlessStopped(work: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}

class HostPaused extends Error {
  override readonly name = 'HostPaused';
  readonly ms: number;

  constructor(ms: number) {
    super('the host wants fewer requests');
    this.ms = ms;
  }
}

async function measureOne(
  deps: MeasureAuditDeps,
  part: ChorePart,
  terms: Terms,
  picture: PictureToMeasure,
): Promise<void> {
  const { audits, store } = deps;
  const { measures, thumb } = await measure(deps, part, terms, picture);
  if (measures.width !== undefined && namesPlaceholder(picture.url)) measures.placeholder = true;
  const faults = terms.profiles.flatMap((name) => {
    const profile = findProfile(name);
    return profile ? judgePicture(measures, profile, picture.isMain) : [];
  });
  const hasThumb = thumb !== null && faults.length > 0;
  const isExample = await audits.recordPicture(
    part.id,
    picture.index,
    { measures, faults, hasThumb },
    terms.profiles,
  );
  if (!isExample || thumb === null) return;
  // An example without its small picture is still an example.
  await store
    .put(auditThumbKey(part.id, picture.index), thumb, {
      contentType: 'image/webp',
      cacheControl: IMMUTABLE,
      signal: part.signal,
    })
    .catch(() => {});
}

/**
 * Fetches a picture and measures it; a picture that cannot be fetched is measured as a broken link. Throws when another try may
 * help.
 */
async function measure(
  deps: MeasureAuditDeps,
  part: ChorePart,
  { tenant }: Terms,
  { url }: PictureToMeasure,
): Promise<{ measures: PictureMeasures; thumb: Buffer | null }> {
  const { downloader, store, hosts, audits } = deps;
  const { signal } = part;
  const pictures = deps.pictures.ownedBy(`audits of ${tenant}`);
  const host = parseUrl(url)?.host ?? '';
  const pauseMs = host === '' ? 0 : await audits.hostPauseMs(host);
  if (pauseMs > 0) throw new HostPaused(pauseMs);
  const giveBack = await hosts.take(host, signal);
  try {
    const sha256 = uploadedDigest(url);
    const ref = { url, name: 'picture', stem: 'picture' };
    const held =
      sha256 === undefined
        ? await downloader.download(ref, { signal })
        : await readUploadedPhoto({ store, memory: downloader.memory }, ref, { sha256, tenant, signal });
    return await pictures.measure(held.photo.data, signal).finally(held.release);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof StageError) || error instanceof StoreUnavailable) throw error;
    const wantedMs = host === '' ? undefined : wantedPauseMs(error);
    if (wantedMs !== undefined && (await audits.pauseHost(part.id, host, wantedMs)) < MOST_REFUSALS)
      throw new HostPaused(wantedMs);
    if (error.verdict === 'retry' && wantedMs === undefined && !part.isLastTry) throw error;
    return { measures: unseen(error, deps.maxBytes), thumb: null };
  } finally {
    giveBack();
  }
}

/** The measures of a picture that did not come, or whose decoder died. */
function unseen({ code, message }: StageError, maxBytes: number): PictureMeasures {
  if (code === 'SOURCE_TOO_LARGE') return { bytes: maxBytes + 1 };
  if (code === 'SOURCE_NOT_AN_IMAGE') return { image: message };
  return { link: `${code}: ${message}` };
}
