/** Words that have an order. */
const list = (text: string): readonly string[] => text.trim().split(/\s+/);

export const numberWords = list('one two three four five six seven eight nine ten eleven twelve');

export const days = list('Monday Tuesday Wednesday Thursday Friday Saturday Sunday');

export const months = list('January February March April May June July August September October November December');

export const letters = list('A B C D E F G H I J K L M N O P Q R S T U V W X Y Z');
