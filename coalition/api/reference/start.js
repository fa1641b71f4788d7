// Beside the page, whose Content-Security-Policy lets no script stand in it.
SwaggerUIBundle({
  url: "/openapi.json",
  dom_id: "#reference",
  presets: [SwaggerUIBundle.presets.apis],
  layout: "BaseLayout",
  deepLinking: true,
  showExtensions: true,
  showCommonExtensions: true,
  docExpansion: "none",
  filter: true,
  tryItOutEnabled: true,
});
