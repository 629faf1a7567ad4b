/** `first` and `second` are introduced, `actor` is the subject again; the indirect object comes next. */
export const ioiTemplates: readonly string[] = [
  'Then, [first] and [second] went to the [place] together. Soon after, [actor] gave a [object] to',
  'Then, [first] and [second] had a day at the [place]. Afterwards, [actor] gave a [object] to',
  'Then, [first] and [second] were working at the [place]. Later on, [actor] gave a [object] to',
  'Then, [first] and [second] were thinking about the old [place]. Finally, [actor] gave a [object] to',
  'When [first] and [second] got to the [place] in the morning, [actor] decided to give a [object] to',
  'When [first] and [second] came back to the old [place] once again, [actor] quickly gave a [object] to',
  'After [first] and [second] went to the [place] late last night, [actor] decided to give a [object] to',
  'After [first] and [second] had a long and busy day at the [place], [actor] handed a [object] to',
  'While [first] and [second] were still waiting together at the old [place], [actor] quietly gave a [object] to',
  'While [first] and [second] were talking inside the brand new [place] last week, [actor] showed a [object] to',
  'Yesterday [first] and [second] met right in front of the [place], and [actor] gave a [object] to',
  'Yesterday [first] and [second] stayed at the old [place] until noon. Then [actor] passed a [object] to',
  'Once [first] and [second] had finally arrived at the [place] for the party, [actor] offered a [object] to',
  'Last week [first] and [second] walked to the [place] together, and later on [actor] gave a [object] to',
  'Last year [first] and [second] worked at the [place] together, where [actor] once had sold a [object] to',
  'Friends [first] and [second] found a [object] while at the [place] today, and later [actor] gave it to',
];
