import { describe, expect, test } from '@jest/globals';
import { createDownloadRoom } from './download-room.ts';

describe('room for downloads', () => {
  test('ends for all of them, and is there again when one has left', () => {
    const room = createDownloadRoom({ altogether: 3, ofTenant: 3 });
    const [leave] = ['a', 'b', 'c'].map((tenant) => room.enter(tenant));
    expect(() => room.enter('d')).toThrow('Too many manifests and ZIPs');
    leave?.();
    leave?.();
    room.enter('d');
    expect(() => room.enter('a')).toThrow('Too many');
  });

  test('ends for one tenant before it ends for the others', () => {
    const room = createDownloadRoom({ altogether: 4, ofTenant: 2 });
    const [leave] = ['a', 'a', 'b'].map((tenant) => room.enter(tenant));
    expect(() => room.enter('a')).toThrow('Too many');
    room.enter('b');
    leave?.();
    room.enter('a');
  });
});
