import { expect, test } from '@jest/globals';
import { textKind } from './text-kind.ts';

test.each([
  ['', 'empty'],
  [' \n ', 'empty'],
  ['A1 https://x/1.jpg', 'lines'],
  ['A1, https://x/1.jpg; https://x/2.jpg', 'lines'],
  ['A1\nhttps://x/1.jpg', 'lines'],
  ['sku,url\nA1,https://x/1.jpg', 'table'],
  ['\uFEFFsku;图片链接\r\nA;https://x/1.jpg', 'table'],
  ['SKU\tImage URL\nA\thttps://x', 'table'],
  ['Spring 2026\n\nSKU,Image\nA,https://x', 'table'],
  ['<?xml version="1.0"?><rss/>', 'table'],
  ['  [{"sku":"A"}]', 'json'],
  ['{"skus":[]}', 'json'],
] as const)('reads %j as %s', (text, kind) => {
  expect(textKind(text)).toBe(kind);
});
