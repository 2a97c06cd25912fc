import Foundation
import PackagePlugin

/// Writes text files into the Swift code of the targets that need them, so that the binary is one file.
///
/// - `Rules` gets the pages and queries of `rules/` and the registry of the types in its `Rules` folder.
/// - Any other target gets the files of its `Data`, `Queries`, `Scripts` and `Templates` folders.
@main struct EmbedPlugin: BuildToolPlugin {
  func createBuildCommands(context: PluginContext, target: any Target) throws -> [Command] {
    let sources = target.directoryURL
    if target.name == "Rules" {
      let inputs =
        try files(in: context.package.directoryURL.appending(path: "rules"), ending: "md")
        + files(in: context.package.directoryURL.appending(path: "rules"), ending: "sql")
        + files(in: sources.appending(path: "Rules"), ending: "swift")
      return [try command("rules", inputs: inputs, output: "RuleRegistry.swift", root: sources, context)]
    }
    let inputs = try ["Data", "Queries", "Scripts", "Templates"].flatMap {
      try files(in: sources.appending(path: $0), ending: nil)
    }
    return [try command("texts", inputs: inputs, output: "EmbeddedTexts.swift", root: sources, context)]
  }

  private func command(
    _ mode: String, inputs: [URL], output: String, root: URL, _ context: PluginContext
  ) throws -> Command {
    let file = context.pluginWorkDirectoryURL.appending(path: output)
    return .buildCommand(
      displayName: "Embed \(mode)", executable: try context.tool(named: "embed").url,
      arguments: [mode, file.path, root.path] + inputs.map(\.path), inputFiles: inputs, outputFiles: [file])
  }

  private func files(in folder: URL, ending: String?) throws -> [URL] {
    guard let walk = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil) else { return [] }
    var found: [URL] = []
    for case let url as URL in walk where !url.hasDirectoryPath && !url.lastPathComponent.hasPrefix(".") {
      if ending == nil || url.pathExtension == ending { found.append(url) }
    }
    return found.sorted { $0.path < $1.path }
  }
}
