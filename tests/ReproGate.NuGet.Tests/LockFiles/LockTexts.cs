namespace ReproGate.NuGet.Tests.LockFiles;

/// <summary>Lock files as NuGet writes them.</summary>
internal static class LockTexts
{
    public const string Hash = "AswatAJyBQ0BniKqO3pK79a5qAGpYVfjT5SSa1Z28891s4ximMSP1k89Th6f95e3dCzMzkqZsO7IOX9oJxHvww==";

    public const string Version1 = $$"""
        {
          "version": 1,
          "dependencies": {
            ".NETStandard,Version=v2.0": {
              "Acme.Json": {
                "type": "Direct",
                "requested": "[1.0.0, )",
                "resolved": "1.0.0",
                "contentHash": "{{Hash}}"
              }
            },
            "net10.0-windows7.0": {
              "Acme.Json": {
                "type": "Direct",
                "requested": "[1.0.*, )",
                "resolved": "1.0.3",
                "contentHash": "{{Hash}}",
                "dependencies": {
                  "Acme.Core": "1.0.0"
                }
              },
              "Acme.Core": {
                "type": "Transitive",
                "resolved": "1.0.0",
                "contentHash": "{{Hash}}"
              },
              "lib": {
                "type": "Project",
                "dependencies": {
                  "Acme.Json": "[1.0.0, )"
                }
              }
            },
            "net10.0-windows7.0/win-x64": {}
          }
        }
        """;

    public const string Version2 = $$"""
        {
          "version": 2,
          "dependencies": {
            "net10.0": {
              "Acme.Json": {
                "type": "Direct",
                "requested": "[1.0.0, )",
                "resolved": "1.0.0",
                "contentHash": "{{Hash}}",
                "dependencies": {
                  "Acme.Core": "1.0.0"
                }
              },
              "Acme.Core": {
                "type": "CentralTransitive",
                "requested": "[1.1.0, )",
                "resolved": "1.1.0",
                "contentHash": "{{Hash}}"
              }
            }
          }
        }
        """;

    public const string Version3 = $$"""
        {
          "version": 3,
          "apple": {
            "framework": "net10.0",
            "dependencies": {
              "Acme.Json": {
                "type": "Direct",
                "requested": "[1.0.0, )",
                "resolved": "1.0.0",
                "contentHash": "{{Hash}}"
              }
            }
          },
          "banana": {
            "framework": "net10.0",
            "dependencies": {}
          },
          "banana/linux-x64": {
            "framework": "net10.0",
            "dependencies": {}
          }
        }
        """;

    public static readonly string[] All = [Version1, Version2, Version3];
}
