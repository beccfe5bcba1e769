/** A column of a table as the server has understood it. */
export interface PreviewColumn {
  heading: string;
  is: 'sku' | 'main' | 'image' | 'imageName' | 'position' | 'attribute' | 'ignored';
  name?: string;
  samples?: string[];
}
