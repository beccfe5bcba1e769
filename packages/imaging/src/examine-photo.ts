import { type FileHandle, open } from 'node:fs/promises';
import { checkPhoto, type PhotoLimits } from './check-photo.ts';

/** Size and type of a photo, by its headers. */
export interface ExaminedPhoto {
  /** As it is shown, upright. */
  width: number;
  height: number;
  /** As in `Content-Type`. */
  mime: string;
}

/** Looks at a photo in a file without decoding it. Rejects as `preparePhoto` would, for every reason that the headers tell. */
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

/** A buffer into which one photo after the other is read: to allocate 3 MB for each took four times as long as to examine it. */
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
