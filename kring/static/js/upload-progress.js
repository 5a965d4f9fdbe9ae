/** How far the files of its form are on their way. Without script the browser says so itself. */
class UploadProgress extends HTMLElement {
  connectedCallback() {
    this.form = this.closest("form");
    this.bar = this.querySelector("progress");
    this.form.addEventListener("htmx:xhr:progress", this);
    this.form.addEventListener("htmx:afterRequest", this);
  }

  disconnectedCallback() {
    this.form.removeEventListener("htmx:xhr:progress", this);
    this.form.removeEventListener("htmx:afterRequest", this);
  }

  handleEvent({ type, detail }) {
    const sending = type === "htmx:xhr:progress" && detail.lengthComputable;
    this.bar.hidden = !sending;
    if (sending) this.bar.value = (100 * detail.loaded) / detail.total;
  }
}

customElements.define("upload-progress", UploadProgress);
