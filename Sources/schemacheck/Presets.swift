import Diagnostics

/// The platforms whose databases can be put in place of an empty one.
let presetNames = embeddedTexts.keys.filter { $0.hasPrefix("Templates/presets/") }.map {
  String($0.dropFirst("Templates/presets/".count).dropLast(".sql".count))
}.sorted()

/// What a platform provides, as SQL that runs before the baseline.
func preset(_ name: String) -> SourceFile {
  SourceFile(path: "preset:\(name)", text: embeddedTexts["Templates/presets/\(name).sql"] ?? "")
}

/// The search path that a platform sets for its databases.
let presetSearchPaths = ["supabase": ["$user", "public", "extensions"]]
