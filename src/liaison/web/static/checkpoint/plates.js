// The forms of registration marks by state: those of formats/vehicles/patterns.tsv, which a test holds them against.
// @ any letter, % a letter of the second column (-IO: all but these), # a digit, [..] (..|..) {m,n} as in a pattern.
const ROWS = [
  ["AL", "", "@@###@@ @@###T @@R### @@### MB###@@ MM###F[TAD] CD####@ @@####@"],
  ["XK", "", "0[1-7][1-9]##@@ ###KS###"],
  ["GB", "-IQ", "@@##%%%"],
  ["GB", "-IQZ", "@#{1,3}%@@ %@@#{1,3}@"],
  ["GB", "", "@{1,2}#{1,4} #{1,4}@{1,2} @@@#{1,3} #{1,3}@@@ @@@#{1,4}"],
  ["MK", "", "@@###@@ @@####@@"],
  ["ME", "", "@@@@### @@@@##"],
  ["RS", "", "@@#{3,4}@@ @@######"],
  ["HR", "-QWXY", "%%#{3,4}%{1,2}"],
  ["HR", "", "######"],
  ["BG", "ABEKMHOPCTYX", "%{1,2}####%%"],
  ["RO", "-Q", "%%##[A-HJ-NPR-Z]%% B#{2,3}[A-HJ-NPR-Z]%% %{1,2}0[1-9]#{1,4}"],
  ["MD", "", "@@@#{1,3} [CK]@@#{1,3} @@@@#{1,3}"],
  ["BA", "AEOJKMT", "%##%###"],
  ["BA", "", "TA###### TT######"],
  ["GR", "ABEZHIKMNOPTYX", "%%%[1-9]### %%%[1-9]#{0,2} %%####"],
  ["TR", "-QWX", "[0-8]#%#{4,5} [0-8]#%%#{3,4} [0-8]#%%%#{2,3}"],
  ["IT", "-IOQU", "%%###%%"],
  ["IT", "", "@@###### @@@#####"],
  ["FR", "-IOU", "%%###%%"],
  ["FR", "", "#{1,4}@{1,2}## #{1,3}@@@##"],
  ["SK", "", "@@###@@"],
  ["CZ", "", "[1-9][ABCEHJKLMPSTUZ][0-9A-FH-NPR-VX-Z]#### @{2,3}####"],
  ["PL", "-BDIOQZ", "@@##### @@####% @@###%% @@#%### @@#%%## @@@%### @@@##%# @@@#%## @@@%## @@@#%%# @@@%%## @@@##%%"],
  ["PL", "-BDIOQZ", "@@@##### @@@####% @@@###%%"],
  ["PL", "", "@#@{3,5}"],
  ["DE", "", "@{2,4}#{1,4} @{5}#{1,3} @{2,3}#{1,4}[EH] @{4}#{1,3}[EH] @{5}#{1,2}[EH]"],
  ["AT", "", "@#####@ @####@@ @{1,2}###@{1,2} @{1,2}##@@ @{1,2}#@@@ @{2,6}# @{2,5}## @{2,4}###"],
  ["NL", "", "@@#### ####@@ ##@@##"],
  ["NL", "-ACEIOQU", "%%##%% %%%%## ##%%%% ##%%%# #%%%## %%###% %###%% %%%##% #%%###"],
  ["BE", "", "[1-8]@@@### @@@### ###@@@"],
  ["ES", "-AEIOQU", "####%%%"],
  ["ES", "", "@{1,2}####@{1,2}"],
  ["PT", "", "@@##@@ ##@@## ####@@ @@####"],
  ["HU", "", "@@@@### @@@###"],
  ["LT", "-QWX", "%%%###"],
  ["LT", "", "T#####"],
  ["CH", "", "(AG|AI|AR|BE|BL|BS|FR|GE|GL|GR|JU|LU|NE|NW|OW|SG|SH|SO|SZ|TG|TI|UR|VD|VS|ZG|ZH)#{1,6} M#####"],
  ["SE", "-IQV", "%%%### %%%##%"],
  ["FI", "", "@{2,3}#{1,3}"],
  ["NO", "-GIMOQW", "%%##### %%####"],
  ["DK", "", "@@##### @@####"],
  ["SI", "", "(CE|GO|KK|KP|KR|LJ|MB|MS|NM|PO|SG)@{1,2}###"],
  ["UA", "ABEIKMHOPCTX", "%%####%% #####%%"],
];
// The code of a state by what it may be called: its codes, or its sign on vehicles.
const SAID = {
  AL: "AL ALB", AT: "A AT AUT", BA: "BA BIH", BE: "B BE BEL", BG: "BG BGR", CH: "CH CHE", CZ: "CZ CZE",
  DE: "D DE DEU", DK: "DK DNK", ES: "E ES ESP", FI: "FI FIN", FR: "F FR FRA", GB: "GB GBR UK", GR: "GR GRC",
  HR: "HR HRV", HU: "H HU HUN", IT: "I IT ITA", LT: "LT LTU", MD: "MD MDA", ME: "ME MNE", MK: "MK MKD NMK",
  NL: "NL NLD", NO: "N NO NOR", PL: "PL POL", PT: "P PRT PT", RO: "RO ROU", RS: "RS SRB", SE: "S SE SWE",
  SI: "SI SLO SVN", SK: "SK SVK", TR: "TR TUR", UA: "UA UKR", XK: "RKS XK XKX",
};
const BY_NAME = new Map(Object.entries(SAID).flatMap(([state, said]) => said.split(" ").map((each) => [each, state])));
const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
let patterns = null;

function lettersOf(said) {
  if (said && !said.startsWith("-")) return said;
  return [...LETTERS].filter((letter) => !said.slice(1).includes(letter)).join("");
}

function compiled() {
  patterns ??= ROWS.map(([state, letters, forms]) => {
    const source = forms.replaceAll("@", "[A-Z]").replaceAll("%", `[${lettersOf(letters)}]`).replaceAll("#", "[0-9]");
    return [state, new RegExp(`^(?:${source.replaceAll(" ", "|")})$`)];
  });
  return patterns;
}

// The states one of whose forms a mark fits as it stands, by their codes of two letters.
export const statesOf = (mark) => [...new Set(compiled().filter(([, form]) => form.test(mark)).map(([state]) => state))].sort();

// The code of two letters of a state that is named by its codes or its sign; undefined for one whose marks are not known.
export const stateNamed = (said) => BY_NAME.get(said.trim().toUpperCase());
