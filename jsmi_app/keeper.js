// What the browser keeps for its pages: the keys of the texts that it brought, the secret by which a shared server knows
// what is its own, and whatever its widgets were moved to while a new server was drawing the page for the first time and
// took no notice. It sends them when they are asked for, or when the server has made up another secret.
const SHELF = "jsmi-texts";
const MOST = 8;
const YEAR = 365 * 24 * 3600;
let answered = "";

export default function ({ data, setStateValue }) {
  const texts = [...new Set([...read(), ...data.texts])].slice(-MOST);
  try {
    localStorage.setItem(SHELF, JSON.stringify(texts));
  } catch {
    // a browser that keeps nothing
  }
  const owner = secret(data.cookie) || data.owner;
  document.cookie = `${data.cookie}=${owner}; path=/; max-age=${YEAR}; SameSite=Strict`;
  const more = texts.some((key) => !data.texts.includes(key));
  if ((data.again || more || owner !== data.owner) && answered !== data.session) {
    answered = data.session;
    setStateValue("kept", { texts, owner, session: data.session }); // all widgets go with it
  }
}

function secret(cookie) {
  return document.cookie.match(`(?:^|; )${cookie}=([0-9a-f]{32})(?:;|$)`)?.[1];
}

function read() {
  try {
    const texts = JSON.parse(localStorage.getItem(SHELF));
    return Array.isArray(texts) ? texts.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}
