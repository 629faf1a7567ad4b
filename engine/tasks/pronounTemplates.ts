/** Tag questions about `name`: the pronoun comes next. */
export const pronounTemplates: readonly string[] = [
  "So [name] is a really great friend, isn't",
  "So [name] is a very good teacher, isn't",
  "So [name] is a really old friend, isn't",
  "So [name] is a truly kind person, isn't",
  "So [name] was a very happy child, wasn't",
  "So [name] was a really brave soldier, wasn't",
  "So [name] was a very late guest, wasn't",
  "So [name] has a very nice house, doesn't",
  "So [name] has a really big family, doesn't",
  "So [name] has a rather long journey, doesn't",
];
