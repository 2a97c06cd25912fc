// swift-tools-version: 6.2
import Foundation
import PackageDescription

// libpg_query is linked statically so that the binary runs on machines without it. `--wrap` routes the library's own
// calls of the two serialisation functions to CPgQuery, which takes the tree before it is serialised.
let pgQueryLink: [LinkerSetting] = [
  .linkedLibrary(":libpg_query.a"),
  .unsafeFlags([
    "-Xlinker", "--wrap=pg_query__parse_result__get_packed_size",
    "-Xlinker", "--wrap=pg_query__parse_result__pack",
  ]),
]

/// `ci/fuzz` sets it: then the libraries tell libFuzzer which way the code goes, and the fuzzer is built.
let isFuzzing = ProcessInfo.processInfo.environment["SCHEMACHECK_FUZZ"] != nil

let strict: [SwiftSetting] =
  [.enableUpcomingFeature("ExistentialAny")] + (isFuzzing ? [.unsafeFlags(["-sanitize=fuzzer"])] : [])

func library(_ name: String, _ dependencies: [Target.Dependency], exclude: [String] = [], embeds: Bool = false)
  -> Target
{
  .target(
    name: name, dependencies: dependencies, exclude: exclude, swiftSettings: strict,
    plugins: embeds ? ["EmbedPlugin"] : [])
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(name: name, dependencies: dependencies, swiftSettings: strict)
}

let fuzzer: [Target] =
  isFuzzing
  ? [
    .executableTarget(
      name: "fuzz", dependencies: ["Rules", "Catalog", "PostgresSyntax", "Migrations", "Diagnostics"],
      swiftSettings: strict + [.unsafeFlags(["-parse-as-library"])],
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer", "-use-ld=lld"])])
  ] : []

let package = Package(
  name: "schemacheck",
  platforms: [.macOS(.v15)],
  products: [.executable(name: "schemacheck", targets: ["schemacheck"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
    .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
  ],
  targets: [
    .target(name: "CPgQuery", linkerSettings: pgQueryLink),
    .systemLibrary(name: "CPostgres"),
    library("Diagnostics", []),
    library("Migrations", ["Diagnostics"]),
    library("PostgresSyntax", ["CPgQuery", "Diagnostics"]),
    library(
      "Catalog",
      ["PostgresSyntax", "Diagnostics", .product(name: "HashTreeCollections", package: "swift-collections")],
      exclude: ["Data"], embeds: true),
    library("Rules", ["Catalog", "PostgresSyntax", "Migrations", "Diagnostics"], embeds: true),
    library(
      "Postgres",
      [
        "CPostgres", .product(name: "Subprocess", package: "swift-subprocess"),
        .product(name: "SystemPackage", package: "swift-system"),
      ], exclude: ["Scripts"],
      embeds: true),
    library(
      "Verification", ["Postgres", "Rules", "Catalog", "Migrations", "PostgresSyntax", "Diagnostics"],
      exclude: ["Queries"], embeds: true),
    library("Reports", ["Diagnostics"]),
    .executableTarget(
      name: "schemacheck",
      dependencies: [
        "Diagnostics", "Migrations", "PostgresSyntax", "Catalog", "Rules", "Postgres", "Verification", "Reports",
        "Yams",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      exclude: ["Templates"], swiftSettings: strict, plugins: ["EmbedPlugin"]),
    .executableTarget(
      name: "benchmark", dependencies: ["CPgQuery", "PostgresSyntax", "Diagnostics"], swiftSettings: strict),
    .executableTarget(name: "embed"),
    .plugin(name: "EmbedPlugin", capability: .buildTool(), dependencies: ["embed"], path: "Sources/EmbedPlugin"),
    .target(
      name: "TestSupport", dependencies: ["Rules", "Migrations", "Diagnostics"], path: "Tests/TestSupport",
      swiftSettings: strict),
    tests("DiagnosticsTests", ["Diagnostics"]),
    tests("MigrationsTests", ["Migrations", "Diagnostics", "TestSupport"]),
    tests("PostgresSyntaxTests", ["PostgresSyntax", "CPgQuery", "Diagnostics", "TestSupport"]),
    tests("CatalogTests", ["Catalog", "PostgresSyntax", "Diagnostics"]),
    tests("RulesTests", ["Rules", "Catalog", "Migrations", "PostgresSyntax", "Diagnostics", "TestSupport"]),
    tests("PostgresTests", ["Postgres"]),
    tests(
      "VerificationTests",
      ["Verification", "Postgres", "Rules", "Catalog", "Migrations", "PostgresSyntax", "Diagnostics", "TestSupport"]),
    tests("ReportsTests", ["Reports", "Diagnostics", "TestSupport"]),
    tests("CommandTests", ["schemacheck", "Diagnostics", "Reports", "TestSupport", "Yams"]),
  ] + fuzzer,
  swiftLanguageModes: [.v6]
)
