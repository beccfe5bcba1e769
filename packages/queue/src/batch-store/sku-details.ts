import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { Check, ImageRecord, Picture, type SkuRecord, TimelineEntry } from '@image-studio/contract';
import { z } from 'zod';
import { DETAILS_DICTIONARY } from './details-dictionary.ts';
import { parseShown } from './parse-known.ts';

/** Stand before what was written with `DETAILS_DICTIONARY`: as bytes, and as base64, which takes a third more. */
const AS_BYTES = 0x32;
const AS_BASE64 = 0x31;
/** The dictionary and the details of four pictures are 12 KB; smaller windows than the default cost less to set up. */
const WINDOW = { windowBits: 14, memLevel: 6, dictionary: DETAILS_DICTIONARY };
/** Details are a few KB; more than this nobody has written. */
const MAX_BYTES = 4 * 1024 * 1024;

/** The parts of a record that are long, much the same for every SKU, and read only when somebody looks at that SKU. */
const SkuDetails = z.object({
  timeline: z.array(TimelineEntry),
  images: z.array(
    z.object({
      slot: z.string(),
      round: z.int(),
      prompt: z.string(),
      checks: z.array(Check),
      inputs: ImageRecord.shape.inputs,
    }),
  ),
  /** Pictures that were dropped from a slot. */
  dropped: z
    .array(z.object({ slot: z.string(), round: z.int(), callKey: z.string(), picture: Picture }))
    .optional(),
});
type SkuDetails = z.infer<typeof SkuDetails>;

/**
 * Parts the record of a SKU that has ended: `brief` is a record without timeline and prompts and with only those checks
 * that fail, and `details` the rest, packed. One picture: 0.6 KB and 0.3 KB, where the whole has 3.2 KB. A process of an
 * earlier version reads the brief record as a record, and leaves out details that it cannot read.
 */
export function splitRecord(record: SkuRecord): { brief: SkuRecord; details: Buffer } {
  const details: SkuDetails = {
    timeline: record.timeline,
    images: record.images.map(({ slot, round, kind, prompt, checks, inputs }) => ({
      slot: slot ?? kind,
      round: round ?? 0,
      prompt,
      checks,
      inputs,
    })),
    dropped: record.images.flatMap(({ slot, kind, tries = [] }) =>
      tries.flatMap(({ round, callKey, picture }) =>
        picture ? [{ slot: slot ?? kind, round, callKey, picture }] : [],
      ),
    ),
  };
  const images = record.images.map(({ inputs: _, tries, ...image }) => ({
    ...image,
    prompt: '',
    checks: image.checks.filter(({ pass }) => !pass),
    ...(tries && { tries: tries.map(({ picture: __, ...told }) => told) }),
  }));
  return { brief: { ...record, timeline: [], images }, details: pack(details) };
}

/**
 * Joins a brief record with its details. Fields that the brief record has stay: a job that works on the SKU anew writes its
 * record whole, and then the details are older than the record. Details that cannot be read are left out.
 */
export function joinDetails(brief: SkuRecord, packed: Buffer | null | undefined): SkuRecord {
  const details = packed ? unpack(packed) : null;
  if (details === null) return brief;
  return {
    ...brief,
    timeline: brief.timeline.length > 0 ? brief.timeline : details.timeline,
    images: brief.images.map((listed) => {
      const image = withPictures(listed, details.dropped);
      if (image.prompt !== '') return image;
      const known = details.images.find(
        ({ slot, round }) => slot === (image.slot ?? image.kind) && round === (image.round ?? 0),
      );
      if (known === undefined) return image;
      const { prompt, checks, inputs } = known;
      return { ...image, prompt, checks, ...(inputs && { inputs }) };
    }),
  };
}

function withPictures(image: ImageRecord, dropped: SkuDetails['dropped'] = []): ImageRecord {
  const { tries, slot = image.kind } = image;
  if (!tries) return image;
  return {
    ...image,
    tries: tries.map((one) => {
      const isIt = (other: { slot: string; round: number; callKey: string }) =>
        other.slot === slot && other.round === one.round && other.callKey === one.callKey;
      const picture = one.picture ?? dropped.find(isIt)?.picture;
      return { ...one, ...(picture && { picture }) };
    }),
  };
}

function pack(details: SkuDetails): Buffer {
  return Buffer.concat([Buffer.of(AS_BYTES), deflateRawSync(JSON.stringify(details), WINDOW)]);
}

function unpack(packed: Buffer): SkuDetails | null {
  const rest = packed.subarray(1);
  if (packed[0] === AS_BYTES) return inflate(rest);
  if (packed[0] === AS_BASE64) return inflate(Buffer.from(rest.toString('latin1'), 'base64'));
  return null;
}

function inflate(bytes: Buffer): SkuDetails | null {
  try {
    const text = inflateRawSync(bytes, { ...WINDOW, maxOutputLength: MAX_BYTES }).toString();
    return parseShown(SkuDetails, JSON.parse(text));
  } catch {
    return null;
  }
}
