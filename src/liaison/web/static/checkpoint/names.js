// How a name of a page may be written in a zone: formats/mrz/transliteration.py in the browser, after ICAO Doc 9303-3,
// section 6. A hyphen in the table stands for nothing.
const LATIN = {
  Ä: "AE A AXX", Å: "AA A", Æ: "AE", Ð: "D DH", Đ: "D DJ", Ł: "L", Ñ: "N NXX", Ö: "OE O OXX", Ø: "OE O", Œ: "OE",
  ß: "SS", ẞ: "SS", Þ: "TH", Ü: "UE U UXX", Ĳ: "IJ", Ŋ: "N", Ə: "E A", ı: "I", İ: "I", Ħ: "H", Ŧ: "T", ĸ: "Q K",
  Ŀ: "L", Ơ: "O", Ư: "U",
};
const CYRILLIC = {
  А: "A", Б: "B", В: "V", Г: "G H", Ґ: "G", Д: "D", Ђ: "DJ D", Е: "E IE YE", Ё: "E IO YO", Є: "IE YE",
  Ж: "ZH Z J", З: "Z", Ѕ: "DZ", И: "I Y", І: "I", Ї: "I YI", Й: "I Y J", Ј: "J", К: "K", Л: "L", Љ: "LJ", М: "M",
  Н: "N", Њ: "NJ", О: "O", П: "P", Р: "R", С: "S", Т: "T", Ћ: "C", У: "U", Ў: "U W", Ф: "F", Х: "KH H",
  Ц: "TS C", Ч: "CH C", Џ: "DZ DJ", Ш: "SH S", Щ: "SHCH SHT", Ъ: "IE A -", Ы: "Y", Ь: "- Y", Э: "E",
  Ю: "IU YU JU", Я: "IA YA JA", Ѓ: "G GJ", Ќ: "K KJ", Ә: "A", Қ: "K Q", Ң: "N", Ө: "O", Ұ: "U", Ү: "U", Ғ: "G",
  Һ: "H",
};
const GREEK = {
  Α: "A", Β: "V B", Γ: "G N", Δ: "D", Ε: "E", Ζ: "Z", Η: "I", Θ: "TH", Ι: "I", Κ: "K", Λ: "L", Μ: "M B",
  Ν: "N D", Ξ: "X", Ο: "O", Π: "P -", Ρ: "R", Σ: "S", Τ: "T -", Υ: "Y U V F I", Φ: "F", Χ: "CH H", Ψ: "PS",
  Ω: "O",
};
const TABLE = new Map(
  Object.entries({ ...LATIN, ...CYRILLIC, ...GREEK }).map(([sign, ways]) => [sign, ways.replaceAll("-", "").split(" ")]),
);

// How a sign of a name may be written, the first way first; null for a letter that is not known here.
export function waysOf(given) {
  const sign = TABLE.has(given) ? given : given.toUpperCase();
  if (TABLE.has(sign)) return TABLE.get(sign);
  if (/^[\x00-\x7f]*$/.test(sign)) return /^[A-Z]+$/i.test(sign) ? [sign] : [""];
  const plain = sign.normalize("NFD").replace(/\p{M}/gu, "");
  if (plain !== sign) {
    const inner = [...plain];
    return inner.length === 1 ? waysOf(inner[0]) : null;
  }
  return /^\p{L}+$/u.test(sign) ? null : [""];
}

// A word by the first way of each of its signs; null where one is not known here.
export function written(word) {
  let found = "";
  for (const sign of word) {
    const ways = waysOf(sign);
    if (ways === null) return null;
    found += ways[0];
  }
  return found;
}

// Surname and first given name, in every order that the name leaves open: [surname, given].
export function parted(name) {
  const comma = name.indexOf(",");
  const [surname, given] = [name.slice(0, Math.max(comma, 0)).trim(), name.slice(comma + 1).replaceAll(",", " ").trim()];
  if (surname && given) return [[surname, given.split(/\s+/)[0]]];
  const words = name.replaceAll(",", " ").trim().split(/\s+/);
  if (words.length === 1) return [[words[0], ""]];
  const found = [[words.at(-1), words[0]], [words[0], words[1]]];
  if (words.length > 2) found.push([words.slice(1).join(" "), words[0]]);
  return found;
}
