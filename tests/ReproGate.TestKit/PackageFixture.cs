using System.Reflection;
using System.Reflection.Emit;
using NuGet.Frameworks;
using NuGet.Packaging;
using NuGet.Packaging.Core;
using NuGet.Versioning;

namespace ReproGate.TestKit;

/// <summary>Makes real packages with a real assembly: one public class <c>&lt;id without dots&gt;.Thing</c> with a static method <c>Do</c>.</summary>
public static class PackageFixture
{
    /// <summary>Writes a package into a folder feed and returns its path.</summary>
    /// <param name="feed">The feed's folder.</param>
    /// <param name="id">The package id.</param>
    /// <param name="version">Its version.</param>
    /// <param name="dependencies">Its dependencies for every framework, each <c>Id/range</c>, for example <c>Acme.Json/1.0.0</c>.</param>
    /// <param name="framework">Folder of its assembly below lib/.</param>
    /// <param name="files">Further files: path in the package and content.</param>
    public static string Create(string feed, string id, string version, IReadOnlyList<string>? dependencies = null, string framework = "netstandard2.0", IReadOnlyList<(string Path, byte[] Content)>? files = null)
    {
        var builder = new PackageBuilder
        {
            Id = id,
            Version = NuGetVersion.Parse(version),
            Description = $"Test package {id}.",
        };
        builder.Authors.Add("Test");
        builder.DependencyGroups.Add(new PackageDependencyGroup(
            NuGetFramework.ParseFolder(framework),
            (dependencies ?? []).Select(static text => text.Split('/', 2)).Select(static parts => new PackageDependency(parts[0], VersionRange.Parse(parts[1])))));
        builder.Files.Add(new MemoryFile($"lib/{framework}/{id}.dll", Assembly(id, version)));
        foreach ((string path, byte[] content) in files ?? [])
        {
            builder.Files.Add(new MemoryFile(path, content));
        }

        Directory.CreateDirectory(feed);
        string target = Path.Combine(feed, $"{id}.{version}.nupkg");
        using FileStream stream = File.Create(target);
        builder.Save(stream);
        return target;
    }

    /// <summary>The bytes of a small assembly for a package.</summary>
    public static byte[] Assembly(string id, string version)
    {
        string space = id.Replace(".", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        NuGetVersion parsed = NuGetVersion.Parse(version);
        var assembly = new PersistedAssemblyBuilder(new AssemblyName(id) { Version = parsed.Version }, typeof(object).Assembly);
        TypeBuilder type = assembly.DefineDynamicModule(id).DefineType($"{space}.Thing", TypeAttributes.Public | TypeAttributes.Class);
        MethodBuilder method = type.DefineMethod("Do", MethodAttributes.Public | MethodAttributes.Static, typeof(int), []);
        ILGenerator il = method.GetILGenerator();
        il.Emit(OpCodes.Ldc_I4, 42);
        il.Emit(OpCodes.Ret);
        type.DefineDefaultConstructor(MethodAttributes.Public);
        type.CreateType();
        using var stream = new MemoryStream();
        assembly.Save(stream);
        return stream.ToArray();
    }

    private sealed class MemoryFile(string path, byte[] content) : IPackageFile
    {
        public string Path => path;

        public string EffectivePath => path;

        public System.Runtime.Versioning.FrameworkName? TargetFramework => null;

        public NuGetFramework? NuGetFramework => null;

        public DateTimeOffset LastWriteTime { get; } = new(2024, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public Stream GetStream() => new MemoryStream(content, writable: false);
    }
}
