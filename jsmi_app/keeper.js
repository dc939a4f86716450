// What the browser keeps for its pages: the keys of the texts that it brought, and whatever its widgets were moved to
// while a new server was drawing the page for the first time and took no notice. It sends both when it is asked.
const SHELF = "jsmi-texts";
const MOST = 8;
let answered = "";

export default function ({ data, setStateValue }) {
  const texts = [...new Set([...read(), ...data.texts])].slice(-MOST);
  try {
    localStorage.setItem(SHELF, JSON.stringify(texts));
  } catch {
    // a browser that keeps nothing
  }
  const more = texts.some((key) => !data.texts.includes(key));
  if ((data.again || more) && answered !== data.session) {
    answered = data.session;
    setStateValue("kept", { texts, session: data.session }); // all widgets go with it
  }
}

function read() {
  try {
    const texts = JSON.parse(localStorage.getItem(SHELF));
    return Array.isArray(texts) ? texts.filter((key) => typeof key === "string") : [];
  } catch {
    return [];
  }
}
