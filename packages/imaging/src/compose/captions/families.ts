/** The first family that is there is used; CJK first, because its Latin goes with it. */
export const FAMILIES = "'Noto Sans CJK SC','Noto Sans SC','WenQuanYi Micro Hei','DejaVu Sans',sans-serif";
