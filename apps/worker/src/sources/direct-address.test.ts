import { expect, test } from '@jest/globals';
import { directAddress } from './direct-address.ts';

test.each([
  [
    'https://drive.google.com/file/d/1AbC-dEf_GhIjK/view?usp=sharing',
    'https://drive.usercontent.google.com/download?export=download&confirm=t&id=1AbC-dEf_GhIjK',
  ],
  [
    'https://drive.google.com/open?id=1AbC-dEf_GhIjK',
    'https://drive.usercontent.google.com/download?export=download&confirm=t&id=1AbC-dEf_GhIjK',
  ],
  ['https://www.dropbox.com/s/abc/mug.jpg?dl=0', 'https://www.dropbox.com/s/abc/mug.jpg?raw=1'],
  [
    'https://www.dropbox.com/scl/fi/abc/mug.jpg?rlkey=xyz&dl=0',
    'https://www.dropbox.com/scl/fi/abc/mug.jpg?rlkey=xyz&raw=1',
  ],
  [
    'https://1drv.ms/i/c/339942fd8b9cbd18/IQCDKvutg2sUSrRXTHO738kb?e=TIPQpU',
    'https://my.microsoftpersonalcontent.com/personal/339942fd8b9cbd18/_layouts/15/download.aspx?share=IQCDKvutg2sUSrRXTHO738kb',
  ],
  [
    'https://onedrive.live.com/:i:/g/personal/339942fd8b9cbd18/IQCDKvutg2sUSrRX?e=1',
    'https://my.microsoftpersonalcontent.com/personal/339942fd8b9cbd18/_layouts/15/download.aspx?share=IQCDKvutg2sUSrRX',
  ],
  [
    'https://1drv.ms/i/s!AbC',
    'https://api.onedrive.com/v1.0/shares/u!aHR0cHM6Ly8xZHJ2Lm1zL2kvcyFBYkM/root/content',
  ],
  [
    'https://shop-my.sharepoint.com/:i:/g/personal/x/EaBc?e=1',
    'https://shop-my.sharepoint.com/:i:/g/personal/x/EaBc?e=1&download=1',
  ],
  ['https://drive.google.com/drive/folders/1AbC', 'https://drive.google.com/drive/folders/1AbC'],
  ['https://www.dropbox.com/home', 'https://www.dropbox.com/home'],
  ['https://cdn.example/drive.google.com/a.jpg', 'https://cdn.example/drive.google.com/a.jpg'],
])('%s leads to %s', (shared, direct) => {
  expect(directAddress(new URL(shared)).href).toBe(direct);
});
