/** Lets the text field grow with its text where the browser does not do so by itself. */
class GrowText extends HTMLElement {
  connectedCallback() {
    if (CSS.supports("field-sizing", "content")) return;
    const field = this.querySelector("textarea");
    const grow = () => {
      field.style.blockSize = "auto";
      field.style.blockSize = `${field.scrollHeight + field.offsetHeight - field.clientHeight}px`;
    };
    field.addEventListener("input", grow);
    grow();
  }
}

customElements.define("grow-text", GrowText);
