#!/usr/bin/env node
/**
 * Makes the sample catalogue (apps/launcher/catalogue) from a folder of original photographs:
 *
 *   cd $(mktemp -d) && npm pack @vendure/create@3.7.3 && tar xzf *.tgz
 *   node scripts/make-catalogue.mjs <that folder>/package/assets/images
 *
 * The originals are good photographs; a supplier's are not. So each photo is cropped off-centre, tilted, lit unevenly
 * and compressed, by fixed numbers: the same originals give the same files. Nobody runs this in the daily course of
 * things; it is kept so that anyone can see what was done to whose picture, and add a product.
 * sharp is borrowed from the worker, which is installed by `npm run build`.
 */
import { mkdir, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const sharp = createRequire(new URL('../apps/worker/package.json', import.meta.url))('sharp');

/**
 * One entry a SKU. A photo's `crop` is [left, top, width, height] in shares of the (tilted) original, `size` its longer
 * side in pixels, `light` the colour that the light falls off to and the direction it comes from, in degrees.
 */
const PRODUCTS = [
  {
    sku: '10012',
    attributes: {
      title: 'Running shoe, charcoal',
      category: 'Shoes',
      brand: 'Northlane',
      colour: 'charcoal',
    },
    original: 'imani-clovis-234736-unsplash.jpg',
    photos: [
      {
        file: 'running-shoe_1.jpg',
        crop: [0.12, 0.1, 0.8, 0.8],
        size: 1400,
        light: { to: '#cfd2d6', from: 215 },
      },
      {
        file: 'running-shoe_2.jpg',
        crop: [0.1, 0.12, 0.74, 0.74],
        tilt: -9,
        size: 1100,
        light: { to: '#b9bcc4', from: 40 },
      },
      {
        file: 'running-shoe_detail.jpg',
        crop: [0.38, 0.34, 0.42, 0.36],
        size: 900,
        light: { to: '#d8d8d8', from: 180 },
      },
    ],
  },
  {
    sku: 'KAM-6X6',
    attributes: {
      title: 'Twin-lens camera 6 × 6',
      category: 'Cameras',
      brand: 'Rollwerk',
      material: 'metal, leather',
    },
    original: 'alexander-andrews-260988-unsplash.jpg',
    photos: [
      {
        file: 'twin-lens-camera_1.jpg',
        crop: [0.1, 0.2, 0.66, 0.56],
        size: 1400,
        light: { to: '#c9c2b8', from: 300 },
      },
      {
        file: 'twin-lens-camera_2.jpg',
        crop: [0.22, 0.24, 0.56, 0.48],
        tilt: 12,
        size: 1000,
        light: { to: '#a8a8a8', from: 90 },
      },
    ],
  },
  {
    sku: 'A:1',
    attributes: { title: 'Instant camera, white', category: 'Cameras', brand: 'Snapwell', colour: 'white' },
    original: 'eniko-kis-663725-unsplash.jpg',
    photos: [
      {
        file: 'instant-camera_1.jpg',
        crop: [0.18, 0.22, 0.7, 0.76],
        size: 1500,
        light: { to: '#d5d0dc', from: 20 },
      },
      {
        file: 'instant-camera_2.jpg',
        crop: [0.24, 0.36, 0.54, 0.6],
        tilt: 4,
        size: 1000,
        light: { to: '#bcc6d2', from: 250 },
      },
    ],
  },
  {
    sku: 'STOOL/45',
    attributes: {
      title: 'Counter stool, whitewashed pine',
      category: 'Furniture',
      material: 'pine',
      height: '65 cm',
    },
    original: 'ruslan-bardash-351288-unsplash.jpg',
    photos: [
      // Stored lying on its side, as phones do; EXIF orientation 6 says how to turn it.
      {
        file: 'counter-stool_1.jpg',
        crop: [0.06, 0.22, 0.9, 0.75],
        size: 1500,
        light: { to: '#b8c4cc', from: 330 },
        exifTurn: true,
      },
      {
        file: 'counter-stool_2.jpg',
        crop: [0.12, 0.24, 0.78, 0.7],
        tilt: -5,
        size: 1000,
        light: { to: '#9fb0bb', from: 120 },
      },
      {
        file: 'counter-stool_seat.jpg',
        crop: [0.2, 0.27, 0.6, 0.2],
        size: 900,
        light: { to: '#cccccc', from: 0 },
      },
    ],
  },
  {
    sku: '仙人掌-01',
    attributes: {
      title: '陶盆仙人掌 (cactus in terracotta)',
      category: 'Plants',
      colour: 'terracotta',
      height: '32 cm',
    },
    original: 'charles-deluvio-695736-unsplash.jpg',
    photos: [
      {
        file: 'cactus_1.jpg',
        crop: [0.14, 0.14, 0.8, 0.82],
        size: 1300,
        light: { to: '#d9c9b4', from: 200 },
      },
      {
        file: 'cactus_2.jpg',
        crop: [0.16, 0.16, 0.72, 0.8],
        tilt: 3,
        size: 1000,
        light: { to: '#b9a68f', from: 60 },
      },
    ],
  },
  {
    sku: 'JR 200 orange',
    attributes: {
      title: 'Novelty skipping rope, sausage handles',
      category: 'Sports',
      colour: 'orange',
      length: '2 m',
    },
    original: 'stoica-ionela-530966-unsplash.jpg',
    photos: [
      { file: 'skipping-rope_1.png', crop: [0.04, 0.16, 0.94, 0.6], size: 1200, cutOut: true },
      {
        file: 'skipping-rope_2.jpg',
        crop: [0.02, 0.12, 0.96, 0.72],
        size: 1200,
        light: { to: '#b5a8c0', from: 30 },
      },
    ],
  },
  {
    sku: 'MOUSE-M2',
    attributes: {
      title: 'Wireless mouse, graphite',
      category: 'Computing',
      brand: 'Clickwell',
      colour: 'graphite',
    },
    original: 'oscar-ivan-esquivel-arteaga-687447-unsplash.jpg',
    photos: [
      {
        file: 'wireless-mouse_1.webp',
        crop: [0.04, 0.12, 0.9, 0.86],
        size: 1400,
        light: { to: '#d0d4d4', from: 160 },
      },
      {
        file: 'wireless-mouse_2.jpg',
        crop: [0.12, 0.16, 0.76, 0.72],
        tilt: 6,
        size: 1000,
        light: { to: '#b4b4bc', from: 280 },
      },
    ],
  },
  {
    sku: 'HDD-3.5',
    attributes: { title: 'Hard drive 3.5", opened for display', category: 'Computing', interface: 'SATA' },
    original: 'vincent-botta-736919-unsplash.jpg',
    photos: [
      {
        file: 'hard-drive_1.jpg',
        crop: [0.1, 0.03, 0.88, 0.9],
        size: 1400,
        light: { to: '#cfcabf', from: 45 },
      },
      {
        file: 'hard-drive_board.jpg',
        crop: [0.26, 0.28, 0.5, 0.44],
        size: 900,
        light: { to: '#c4c4c4', from: 0 },
      },
    ],
  },
  {
    sku: '000420',
    attributes: { title: 'Trainer, black', category: 'Shoes', brand: 'Northlane', colour: 'black' },
    original: 'nikolai-chernichenko-1299748-unsplash.jpg',
    photos: [
      {
        file: 'black-trainer_1.jpg',
        crop: [0.22, 0.08, 0.66, 0.9],
        size: 1300,
        light: { to: '#c6c6c6', from: 110 },
      },
      {
        file: 'black-trainer_2.jpg',
        crop: [0.26, 0.1, 0.56, 0.82],
        tilt: 8,
        size: 900,
        light: { to: '#c9b9a6', from: 300 },
      },
    ],
  },
  {
    sku: 'SNKR-EQ',
    attributes: {
      title: 'Knit sneaker, black and white',
      category: 'Shoes',
      brand: 'Northlane',
      colour: 'black/white',
    },
    original: 'thomas-serer-420833-unsplash.jpg',
    photos: [
      {
        file: 'knit-sneaker_1.jpg',
        crop: [0.06, 0.14, 0.92, 0.72],
        size: 1500,
        light: { to: '#c8d0ce', from: 190 },
      },
      {
        file: 'knit-sneaker_heel.jpg',
        crop: [0.14, 0.26, 0.44, 0.46],
        size: 900,
        light: { to: '#d0d0d0', from: 0 },
      },
    ],
  },
  {
    // The supplier has nothing better than a thumbnail.
    sku: 'TENNIS-1',
    attributes: { title: 'Tennis ball', category: 'Sports', colour: 'optic yellow' },
    original: 'ben-hershey-574483-unsplash.jpg',
    photos: [
      {
        file: 'tennis-ball_1.jpg',
        crop: [0.08, 0.06, 0.56, 0.84],
        size: 220,
        light: { to: '#dddddd', from: 0 },
      },
    ],
  },
  {
    sku: 'PRESS-4X5',
    attributes: {
      title: 'Press camera with flash',
      category: 'Cameras',
      brand: 'Rollwerk',
      material: 'metal, leather',
    },
    original: 'jonathan-talbert-697262-unsplash.jpg',
    photos: [
      {
        file: 'press-camera_1.jpg',
        crop: [0.08, 0.46, 0.86, 0.53],
        size: 1400,
        light: { to: '#cdc6d6', from: 150 },
      },
      {
        file: 'press-camera_2.jpg',
        crop: [0.1, 0.48, 0.78, 0.48],
        tilt: -3,
        size: 1000,
        light: { to: '#b8c0c8', from: 20 },
      },
    ],
  },
  {
    // No plain background to model: shows what the product says when it cannot cut a product out.
    sku: 'BOARD-RED',
    attributes: { title: 'Cruiser skateboard, red', category: 'Sports', colour: 'red', length: '57 cm' },
    original: 'max-tarkhov-737999-unsplash.jpg',
    photos: [
      {
        file: 'skateboard_1.jpg',
        crop: [0.14, 0.1, 0.72, 0.84],
        size: 1300,
        light: { to: '#d8d4cc', from: 60 },
      },
    ],
  },
];

/** Photographers whose name the file name does not spell. */
const SPELLED = { 'eniko-kis': 'Enikő Kis', 'stoica-ionela': 'Ionela Stoica' };

const [originals] = process.argv.slice(2);
if (!originals) {
  console.error('usage: node scripts/make-catalogue.mjs <folder with the original photographs>');
  process.exit(64);
}
await makeCatalogue(originals, fileURLToPath(new URL('../apps/launcher/catalogue/', import.meta.url)));

async function makeCatalogue(from, to) {
  const photos = join(to, 'photos');
  await rm(photos, { recursive: true, force: true });
  await mkdir(photos, { recursive: true });
  for (const { original, photos: views } of PRODUCTS) {
    for (const view of views) {
      await writeFile(join(photos, view.file), await supplierPhoto(join(from, original), view));
    }
  }
  const skus = PRODUCTS.map(({ sku, attributes, photos: views }) => ({
    sku,
    attributes,
    images: views.map(({ file }) => file),
  }));
  const catalogue = { name: 'Sample catalogue', skus };
  await writeFile(join(to, 'catalogue.json'), `${JSON.stringify(catalogue, null, 2)}\n`);
  await writeFile(join(to, 'CREDITS.md'), credits());
  const files = await readdir(photos);
  const sizes = await Promise.all(files.map(async (file) => (await stat(join(photos, file))).size));
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  console.log(`${skus.length} SKUs, ${files.length} photos, ${(bytes / 1e6).toFixed(2)} MB`);
}

/** The original as a supplier would have sent it. */
async function supplierPhoto(path, { file, crop, tilt = 0, size, light, cutOut, exifTurn }) {
  const level = await tilted(path, tilt);
  const framed = await sharp(level.data)
    .extract(box(crop, level.info))
    .resize(size, size, { fit: 'inside', withoutEnlargement: true })
    .png()
    .toBuffer({ resolveWithObject: true });
  const lit = light ? await unevenlyLit(framed, light) : framed.data;
  if (cutOut)
    return sharp(await withoutPurple(lit))
      .png({ compressionLevel: 9 })
      .toBuffer();
  if (file.endsWith('.webp')) return sharp(lit).webp({ quality: 80 }).toBuffer();
  // Turned back by 90°, so that orientation 6 ("turn clockwise to view") shows it upright.
  if (exifTurn)
    return sharp(await sharp(lit).rotate(-90).png().toBuffer())
      .withMetadata({ orientation: 6 })
      .jpeg({ quality: 80 })
      .toBuffer();
  return sharp(lit).jpeg({ quality: 80 }).toBuffer();
}

/** Turned by `degrees`, cut to the largest frame of the same shape that shows no corner of the turned picture. */
async function tilted(path, degrees) {
  const whole = await sharp(path).png().toBuffer({ resolveWithObject: true });
  if (degrees === 0) return whole;
  const { width, height } = whole.info;
  const [sin, cos] = [Math.sin, Math.cos].map((f) => Math.abs(f((degrees * Math.PI) / 180)));
  const share = Math.min(width / (width * cos + height * sin), height / (width * sin + height * cos));
  const [w, h] = [Math.floor(width * share), Math.floor(height * share)];
  const turned = await sharp(whole.data).rotate(degrees).png().toBuffer({ resolveWithObject: true });
  return sharp(turned.data)
    .extract({
      left: Math.round((turned.info.width - w) / 2),
      top: Math.round((turned.info.height - h) / 2),
      width: w,
      height: h,
    })
    .png()
    .toBuffer({ resolveWithObject: true });
}

function box([left, top, width, height], info) {
  return {
    left: Math.round(left * info.width),
    top: Math.round(top * info.height),
    width: Math.min(Math.round(width * info.width), info.width - Math.round(left * info.width)),
    height: Math.min(Math.round(height * info.height), info.height - Math.round(top * info.height)),
  };
}

function unevenlyLit({ data, info: { width, height } }, { to, from }) {
  const ramp = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
    <linearGradient id="g" gradientTransform="rotate(${from} .5 .5)"><stop stop-color="#fff"/><stop offset="1" stop-color="${to}"/></linearGradient>
    <rect width="100%" height="100%" fill="url(#g)"/></svg>`;
  return sharp(data)
    .composite([{ input: Buffer.from(ramp), blend: 'multiply' }])
    .png()
    .toBuffer();
}

/** Chroma key for the one purple background: yellow and orange (red and green over blue) stay, purple becomes clear. */
async function withoutPurple(data) {
  const { data: rgba, info } = await sharp(data).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  for (let i = 0; i < rgba.length; i += 4) {
    const yellowness = (rgba[i] + rgba[i + 1]) / 2 - rgba[i + 2];
    rgba[i + 3] = Math.round(255 * Math.min(1, Math.max(0, (yellowness + 5) / 40)));
  }
  return sharp(rgba, { raw: { width: info.width, height: info.height, channels: 4 } })
    .png()
    .toBuffer();
}

function credits() {
  const rows = PRODUCTS.map(({ sku, original, photos }) => {
    const files = photos.map(({ file }) => `\`${file}\``).join(', ');
    return `| \`${sku}\` | ${photographer(original)} | \`${original}\` | ${files} | ${changes(photos)} |`;
  });
  return `# Credits of the sample catalogue

The photographs were published on [Unsplash](https://unsplash.com) by the photographers below and are used under the
[Unsplash licence](https://unsplash.com/license): free to use, copy, modify and distribute, also commercially, without
permission; not to be compiled into a similar or competing photo service. They reached this repository through the
sample data of the npm package \`@vendure/create\` 3.7.3 (\`assets/images\`), whose file names carry the photographers'
names; no code of that package is used. The products are stand-ins: titles, brands and attributes in \`catalogue.json\`
are invented, and trademarks that can be seen in a picture belong to their owners, who have nothing to do with it.

Every photo was changed by \`scripts/make-catalogue.mjs\`, to look like what suppliers send: cropped, made smaller,
lit unevenly and compressed again, plus what the last column says.

| SKU | photographer | original | photos here | also changed |
|---|---|---|---|---|
${rows.join('\n')}
`;
}

function photographer(original) {
  const name = original.replace(/-\d+-unsplash\.jpg$/, '');
  return (
    SPELLED[name] ?? name.replace(/(^|-)(\w)/g, (_, dash, letter) => (dash && ' ') + letter.toUpperCase())
  );
}

function changes(photos) {
  const notes = photos.flatMap(({ file, tilt, cutOut, exifTurn, size }) => [
    ...(tilt ? [`\`${file}\` tilted by ${tilt}°`] : []),
    ...(cutOut ? [`\`${file}\` cut out (transparent)`] : []),
    ...(exifTurn ? [`\`${file}\` stored on its side with an EXIF orientation`] : []),
    ...(size < 400 ? [`\`${file}\` reduced to a thumbnail`] : []),
  ]);
  return notes.join('; ') || '–';
}
