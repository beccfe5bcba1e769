export { csvCell, csvCode, defused, defusedCode } from './csv-cell.ts';
export * from './manifest-batch.ts';
export * from './manifest-csv.ts';
export * from './manifest-item.ts';
export * from './manifest-json.ts';
export { usablePictures } from './usable-pictures.ts';
