export * from './eventually.ts';
export * from './open-handles.ts';
export * from './redis.ts';
