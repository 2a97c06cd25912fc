import ArgumentParser

struct Verify: AsyncParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Live verification on a throwaway PostgreSQL.")
  @OptionGroup var options: CommonOptions
  func run() async throws {}
}
