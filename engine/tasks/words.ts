/** Words the tasks draw from. Each task keeps those that the open model's tokenizer has as one token. */

const list = (text: string): readonly string[] => text.trim().split(/\s+/);

/** First names that are mostly given to women. */
export const femaleNames = list(`
  Mary Anna Emma Sarah Laura Alice Julia Rachel Lisa Jane Kate Amy Emily Susan Helen Linda Karen Nancy Rose Grace
  Lucy Claire Diana Maria Sophie Victoria Elizabeth Jennifer Jessica Amanda Michelle Rebecca Margaret Martha Ruth Ellen
  Barbara Catherine Katie Melissa Nicole Angela Christine Charlotte Olivia Hannah Anne Sara Eva Eve Molly Lily
`);

/** First names that are mostly given to men. */
export const maleNames = list(`
  John James Robert Michael William David Richard Joseph Thomas Charles Daniel Matthew Anthony Mark Paul Steven Andrew
  George Kevin Brian Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Eric Jonathan Stephen Larry Justin Scott
  Benjamin Samuel Frank Patrick Jack Dennis Peter Henry Adam Arthur Albert Roger Simon Tom Martin Philip Max Oliver
`);

export const firstNames: readonly string[] = [...femaleNames, ...maleNames];

/** Places one can be in, said with `the`. */
export const places = list(`
  store garden restaurant school hospital office house station park library museum market kitchen church hotel theater
  beach forest farm castle bank cafe gym lake river village city temple factory airport basement bathroom bedroom
  hall cellar barn harbor stadium studio tower palace prison square tunnel valley island bridge cabin court
`);

/** Things one can give and carry, said with `a`: none starts with a vowel. */
export const objects = list(`
  ring book drink kiss necklace computer ball letter gift ticket key phone camera lamp watch bottle bag hat coat cup
  knife map box coin flower candle guitar drum pen pencil sword shirt toy stone basket blanket bell card chair clock
  crown doll hammer mirror mug needle paper photo plate pot rope scarf spoon sweater table towel violin wallet
`);

/** Events and things that last for years. */
export const spans = list(`
  war reign siege conflict campaign project program construction voyage journey expedition exploration revolution
  occupation famine plague drought dispute trial feud truce treaty alliance agreement contract mission crusade battle
  rebellion rivalry expansion exile partnership negotiation migration apprenticeship marriage tournament strike era
  period struggle research study training trade tradition development peace empire dynasty government administration
  regime investigation quest epidemic pandemic boom recession crisis operation transition season boycott blockade
`);

/** Nouns that can be names of function arguments. */
export const argumentNames = list(`
  load size files last first page names image user value key count index path table group state model order color
  message word number line text time data list item type field point result source target width height length level
  node parent child root file folder date price weight score rate limit range offset start end step mode name title
  label code version status error event filter format input output option query record region resource role scale
  section sequence server session signal slot space stack stream style subject task token topic view volume window
  zone account address agent angle area array base batch block board body buffer button cache channel
`);

/** Plain nouns for descriptions. */
export const descriptionWords = list(`
  oil column piece crime population unit dark sector gap tree detail mine water paper light ground picture morning
  market music animal forest winter bridge garden glass metal sugar engine island silver summer thunder valley window
  doctor dinner author border butter castle copper corner cotton desert family farmer finger flower harbor honey iron
  journal kitchen leather letter lion machine marble mirror mountain ocean palace pepper planet pocket poet river road
`);

/** Names of functions. */
export const functionNames = list(`
  port old find build create update remove insert merge split sort load save open close read write send parse render
  compute check fetch apply convert copy delete draw fill handle join match move pack print process push reset resolve
  run scan search select set show start stop store test train transform walk wrap
`);

/** Nouns with different singular and plural forms. */
export const countableNouns: readonly (readonly [singular: string, plural: string])[] = [
  ...list(`
    dog cat bird car house tree book boy girl teacher student doctor farmer worker king queen soldier writer artist
    lawyer painter singer actor guard pilot driver player friend neighbor brother sister parent river road bridge
    tower table chair window door garden field ship boat train truck plane star picture letter flower horse cow lion
    bear snake apple key
  `).map((word) => [word, `${word}s`] as const),
  ['box', 'boxes'],
  ['child', 'children'],
  ['man', 'men'],
  ['woman', 'women'],
  ['wolf', 'wolves'],
  ['knife', 'knives'],
  ['baby', 'babies'],
  ['city', 'cities'],
  ['story', 'stories'],
  ['lady', 'ladies'],
  ['mouse', 'mice'],
];

/** Nouns whose singular and plural are the same word. */
export const invariantNouns = list(`
  sheep deer fish species series aircraft salmon moose trout shrimp bison spacecraft offspring headquarters
`);

export const prepositions = list('near behind beside above below under beyond from by opposite');

export const adjectives = list(`
  old young small big tall short green red blue white black brown new quiet strong famous lonely bright dark tired
  happy strange beautiful clever gentle wild rich poor brave
`);

/** Words in a name's place that say nothing of gender. */
export const neutralPersons = list('someone somebody everyone everybody anyone anybody nobody whoever that this it');

/** Singular and plural forms of verbs. */
export const verbForms: readonly (readonly [singular: string, plural: string])[] = [
  ['is', 'are'],
  ['was', 'were'],
];
