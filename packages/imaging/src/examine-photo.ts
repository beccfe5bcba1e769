import { type FileHandle, open } from 'node:fs/promises';
import { checkPhoto, type PhotoLimits } from './check-photo.ts';

/** What a photo says of itself. */
export interface ExaminedPhoto {
  /** As it is shown, upright. */
  width: number;
  height: number;
  /** As in `Content-Type`. */
  mime: string;
}

/** Looks at a photo in a file without decoding it. Rejects as preparing it would, as far as that can be told. */
export async function examinePhoto(path: string, limits: PhotoLimits): Promise<ExaminedPhoto> {
  const file = await open(path);
  const { size } = await file.stat();
  const room = takeRoom(size);
  try {
    const { autoOrient, mediaType } = await checkPhoto(await readInto(file, room, size), limits);
    return { ...autoOrient, mime: mediaType ?? 'application/octet-stream' };
  } finally {
    spare = room;
    await file.close();
  }
}

/** Room that one photo after the other is read into: new memory for each of 3 MB took four times as long as looking at it. */
let spare: Buffer | undefined;

function takeRoom(bytes: number): Buffer {
  const room = spare;
  spare = undefined;
  return room !== undefined && room.length >= bytes ? room : Buffer.allocUnsafeSlow(bytes);
}

async function readInto(file: FileHandle, room: Buffer, bytes: number): Promise<Buffer> {
  let at = 0;
  while (at < bytes) {
    const { bytesRead } = await file.read(room, at, bytes - at, at);
    if (bytesRead === 0) break;
    at += bytesRead;
  }
  return room.subarray(0, at);
}
