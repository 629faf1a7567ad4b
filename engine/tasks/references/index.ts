/** The list of published circuits: one file and one line here each. */
import { docstringAcdc } from './docstringAcdc.ts';
import { docstringHeimersheimJaniak } from './docstringHeimersheimJaniak.ts';
import { docstringOneillBui } from './docstringOneillBui.ts';
import { greaterThanAcdc } from './greaterThanAcdc.ts';
import { greaterThanHanna } from './greaterThanHanna.ts';
import { greaterThanOneillBui } from './greaterThanOneillBui.ts';
import { ioiAcdc } from './ioiAcdc.ts';
import { ioiOneillBui } from './ioiOneillBui.ts';
import { ioiWang } from './ioiWang.ts';
import type { Reference } from './reference.ts';

export const references: readonly Reference[] = [
  ioiWang,
  ioiOneillBui,
  ioiAcdc,
  greaterThanHanna,
  greaterThanOneillBui,
  greaterThanAcdc,
  docstringHeimersheimJaniak,
  docstringOneillBui,
  docstringAcdc,
];
