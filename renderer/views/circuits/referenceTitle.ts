/** `top 5 % by |exact resample effect|`: how many nodes that is stands beside it. */
export function referenceTitle({ title }: { readonly title: string }): string {
  return title.replace(/ \(\d+ of \d+\)$/, '');
}
