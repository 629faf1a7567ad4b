/** Control and user-defined tokens are cut out of a text before anything else: leftmost first, the longest where several begin. */

interface Node {
  readonly next: Map<string, Node>;
  id: number | null;
}

/** Cuts a text into ids of whole tokens and the stretches between them (never empty, never two in a row). */
export function wholeTokenSplitter(
  tokens: readonly (readonly [text: string, id: number])[],
): (text: string) => (number | string)[] {
  const root = tokenTrie(tokens);
  return (text) => {
    const parts: (number | string)[] = [];
    let start = 0;
    for (let at = 0; at < text.length;) {
      const found = longestAt(root, text, at);
      if (found === null) at++;
      else {
        if (at > start) parts.push(text.slice(start, at));
        parts.push(found.id);
        at = start = found.end;
      }
    }
    if (start < text.length) parts.push(text.slice(start));
    return parts;
  };
}

function tokenTrie(tokens: readonly (readonly [text: string, id: number])[]): Node {
  const root: Node = { next: new Map(), id: null };
  for (const [text, id] of tokens) {
    let node = root;
    for (let at = 0; at < text.length; at++) {
      const unit = text.charAt(at);
      const child = node.next.get(unit) ?? { next: new Map(), id: null };
      node.next.set(unit, child);
      node = child;
    }
    if (node !== root) node.id = id;
  }
  return root;
}

function longestAt(root: Node, text: string, start: number): { readonly id: number; readonly end: number } | null {
  let longest: { readonly id: number; readonly end: number } | null = null;
  let node: Node | undefined = root;
  for (let at = start; at < text.length && node !== undefined; at++) {
    node = node.next.get(text.charAt(at));
    if (node !== undefined && node.id !== null) longest = { id: node.id, end: at + 1 };
  }
  return longest;
}
