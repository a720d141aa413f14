// Elements from plain calls, and the change of what is shown into what is wanted.

const SVG = "http://www.w3.org/2000/svg";
const HEARD = ["onclick", "onchange", "oninput", "onsubmit", "onkeydown", "onblur", "ondragover", "ondragleave", "ondrop"];

/** An element: h("td", {class: "num"}, "12"). Children may be nodes, texts, lists or null. */
export function h(name, attributes = {}, ...children) {
  return fill(document.createElement(name), attributes, children);
}

/** The same for SVG. */
export function s(name, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, name), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node[name] = value;
    else if (value === true) node.setAttribute(name, "");
    else if (name === "value" && node.nodeName === "TEXTAREA") node.value = value;
    else if (value !== null && value !== undefined && value !== false) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children.flat(Infinity).filter((each) => each !== null && each !== undefined && each !== false));
  return node;
}

/** Make `shown` like `wanted`, keeping every element that can stay: focus and open details stay. */
export function morph(shown, wanted) {
  if (shown.nodeType !== wanted.nodeType || shown.nodeName !== wanted.nodeName || shown.id !== wanted.id) {
    shown.replaceWith(wanted);
    return wanted;
  }
  if (shown.nodeType === Node.TEXT_NODE) {
    if (shown.data !== wanted.data) shown.data = wanted.data;
    return shown;
  }
  takeAttributes(shown, wanted);
  const old = [...shown.childNodes];
  const named = new Map(old.filter((each) => each.id).map((each) => [each.id, each]));
  let at = shown.firstChild;
  for (const child of [...wanted.childNodes]) {
    const same = child.id ? named.get(child.id) : null;
    if (same && same !== at) shown.insertBefore(same, at);
    const place = same ?? at;
    if (!place || (!same && place.id && place.id !== child.id)) {
      shown.insertBefore(child, place ?? null);
      continue;
    }
    at = morph(place, child).nextSibling;
  }
  while (at) {
    const next = at.nextSibling;
    at.remove();
    at = next;
  }
  return shown;
}

function takeAttributes(shown, wanted) {
  for (const { name } of [...shown.attributes]) {
    // What a reader has opened stays open.
    if (!wanted.hasAttribute(name) && name !== "open") shown.removeAttribute(name);
  }
  for (const { name, value } of wanted.attributes) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
  for (const name of HEARD) {
    if (shown[name] !== wanted[name]) shown[name] = wanted[name];
  }
  // A field that somebody is in keeps what is typed.
  if ("value" in wanted && shown !== document.activeElement && shown.nodeName !== "LI") {
    if (shown.value !== wanted.value) shown.value = wanted.value;
  }
  if ("checked" in wanted && shown.checked !== wanted.checked) shown.checked = wanted.checked;
}
