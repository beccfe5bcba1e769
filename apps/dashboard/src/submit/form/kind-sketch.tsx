/** A small drawing of what each kind of picture shows; decoration beside its name. */
export function KindSketch({ kind }: { kind: string }) {
  return (
    <svg class="kind-sketch" viewBox="0 0 48 48" width="48" height="48" aria-hidden="true">
      <rect class="frame-paper" x="0.5" y="0.5" width="47" height="47" rx="4" />
      {SKETCHES[kind] ?? SKETCHES.main}
    </svg>
  );
}

const cup = (x: number, y: number, size: number) => (
  <g transform={`translate(${x} ${y}) scale(${size / 24})`}>
    <path class="frame-product" d="M3 4h14v12a4 4 0 0 1-4 4H7a4 4 0 0 1-4-4z" />
    <path class="sketch-line" d="M17 7h2a3 3 0 0 1 0 8h-2" />
  </g>
);

const SKETCHES: Record<string, preact.JSX.Element> = {
  main: cup(10, 11, 28),
  lifestyle: (
    <>
      <path class="sketch-ground" d="M1 33h46v11a3 3 0 0 1-3 3H4a3 3 0 0 1-3-3z" />
      <path class="sketch-line" d="M6 6h12v14H6zM12 6v14M6 13h12" />
      {cup(20, 17, 20)}
    </>
  ),
  detail: (
    <>
      {cup(4, 14, 26)}
      <circle class="sketch-lens" cx="32" cy="19" r="10" />
      <path class="sketch-line" d="M39 26l6 7M28 17h8M28 21h6" />
    </>
  ),
  infographic: (
    <>
      {cup(2, 14, 22)}
      <path class="sketch-line" d="M29 14h14M29 20h10M29 28h14M29 34h8" />
      <circle class="sketch-dot" cx="26" cy="14" r="1.6" />
      <circle class="sketch-dot" cx="26" cy="28" r="1.6" />
    </>
  ),
  scale: (
    <>
      {cup(13, 10, 26)}
      <path class="sketch-line" d="M8 11v24M5 11h6M5 35h6M14 41h22M14 38v6M36 38v6" />
    </>
  ),
  packaging: (
    <>
      <path class="sketch-box" d="M5 20l11-5 11 5v16l-11 5-11-5z" />
      <path class="sketch-line" d="M5 20l11 5 11-5M16 25v16" />
      {cup(27, 23, 17)}
    </>
  ),
  'on-model': (
    <>
      <circle class="sketch-box" cx="20" cy="13" r="6" />
      <path class="sketch-box" d="M8 47c0-14 4-24 12-24s12 10 12 24z" />
      {cup(27, 24, 16)}
    </>
  ),
};
