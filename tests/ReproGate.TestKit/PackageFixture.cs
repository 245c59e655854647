using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;
using System.Security.Cryptography;
using System.Text;
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
        Directory.CreateDirectory(feed);
        string target = Path.Combine(feed, $"{id}.{version}.nupkg");
        File.WriteAllBytes(target, Bytes(id, version, dependencies, framework, files));
        return target;
    }

    /// <summary>The bytes of a package: the same for the same arguments, so that a content hash does not change between runs.</summary>
    public static byte[] Bytes(string id, string version, IReadOnlyList<string>? dependencies = null, string framework = "netstandard2.0", IReadOnlyList<(string Path, byte[] Content)>? files = null)
    {
        var builder = new PackageBuilder(deterministic: true)
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

        using var stream = new MemoryStream();
        builder.Save(stream);
        return stream.ToArray();
    }

    /// <summary>The bytes of a package that is a .NET tool: <c>dotnet tool restore</c> takes it.</summary>
    /// <param name="id">The package id.</param>
    /// <param name="version">Its version.</param>
    /// <param name="command">The command it brings.</param>
    public static byte[] Tool(string id, string version, string command)
    {
        var builder = new PackageBuilder(deterministic: true)
        {
            Id = id,
            Version = NuGetVersion.Parse(version),
            Description = $"Test tool {id}.",
        };
        builder.Authors.Add("Test");
        builder.PackageTypes.Add(PackageType.DotnetTool);
        builder.Files.Add(new MemoryFile($"tools/net10.0/any/{id}.dll", Assembly(id, version)));
        builder.Files.Add(new MemoryFile($"tools/net10.0/any/{id}.runtimeconfig.json", """{ "runtimeOptions": { "tfm": "net10.0", "framework": { "name": "Microsoft.NETCore.App", "version": "10.0.0" } } }"""u8.ToArray()));
        builder.Files.Add(new MemoryFile("tools/net10.0/any/DotnetToolSettings.xml", Encoding.UTF8.GetBytes($"""
            <DotNetCliTool Version="1">
              <Commands>
                <Command Name="{command}" EntryPoint="{id}.dll" Runner="dotnet" />
              </Commands>
            </DotNetCliTool>
            """)));
        using var stream = new MemoryStream();
        builder.Save(stream);
        return stream.ToArray();
    }

    /// <summary>The bytes of a small assembly for a package: it references netstandard only, and is the same for the same arguments.</summary>
    public static byte[] Assembly(string id, string version)
    {
        string space = id.Replace(".", "", StringComparison.Ordinal).Replace("-", "", StringComparison.Ordinal);
        var metadata = new MetadataBuilder();
        var bodies = new MethodBodyStreamEncoder(new BlobBuilder());
        metadata.AddModule(0, metadata.GetOrAddString(id + ".dll"), metadata.GetOrAddGuid(new Guid(Hash(id, version))), default, default);
        metadata.AddAssembly(metadata.GetOrAddString(id), NuGetVersion.Parse(version).Version, default, default, default, System.Reflection.AssemblyHashAlgorithm.None);
        AssemblyReferenceHandle netstandard = metadata.AddAssemblyReference(metadata.GetOrAddString("netstandard"), new Version(2, 0, 0, 0), default, metadata.GetOrAddBlob(NetStandardToken), default, default);
        TypeReferenceHandle objectType = metadata.AddTypeReference(netstandard, metadata.GetOrAddString("System"), metadata.GetOrAddString("Object"));
        BlobHandle instanceVoid = Signature(isInstance: true, static type => type.Void());
        MemberReferenceHandle objectConstructor = metadata.AddMemberReference(objectType, metadata.GetOrAddString(".ctor"), instanceVoid);

        int doBody = Body(il =>
        {
            il.LoadConstantI4(42);
            il.OpCode(ILOpCode.Ret);
        });
        int constructorBody = Body(il =>
        {
            il.LoadArgument(0);
            il.Call(objectConstructor);
            il.OpCode(ILOpCode.Ret);
        });
        MethodDefinitionHandle first = metadata.AddMethodDefinition(MethodAttributes.Public | MethodAttributes.Static | MethodAttributes.HideBySig, MethodImplAttributes.IL, metadata.GetOrAddString("Do"), Signature(isInstance: false, static type => type.Type().Int32()), doBody, default);
        metadata.AddMethodDefinition(MethodAttributes.Public | MethodAttributes.HideBySig | MethodAttributes.SpecialName | MethodAttributes.RTSpecialName, MethodImplAttributes.IL, metadata.GetOrAddString(".ctor"), instanceVoid, constructorBody, default);
        metadata.AddTypeDefinition(default, default, metadata.GetOrAddString("<Module>"), default, MetadataTokens.FieldDefinitionHandle(1), first);
        metadata.AddTypeDefinition(TypeAttributes.Public | TypeAttributes.Class | TypeAttributes.BeforeFieldInit, metadata.GetOrAddString(space), metadata.GetOrAddString("Thing"), objectType, MetadataTokens.FieldDefinitionHandle(1), first);

        var image = new BlobBuilder();
        new ManagedPEBuilder(
            PEHeaderBuilder.CreateLibraryHeader(),
            new MetadataRootBuilder(metadata),
            bodies.Builder,
            deterministicIdProvider: content => BlobContentId.FromHash(SHA256.HashData([.. content.SelectMany(static blob => blob.GetBytes())]))).Serialize(image);
        return image.ToArray();

        BlobHandle Signature(bool isInstance, Action<ReturnTypeEncoder> returns)
        {
            var blob = new BlobBuilder();
            new BlobEncoder(blob).MethodSignature(isInstanceMethod: isInstance).Parameters(0, returns, static _ => { });
            return metadata.GetOrAddBlob(blob);
        }

        int Body(Action<InstructionEncoder> write)
        {
            var il = new InstructionEncoder(new BlobBuilder());
            write(il);
            return bodies.AddMethodBody(il);
        }
    }

    private static readonly byte[] NetStandardToken = [0xCC, 0x7B, 0x13, 0xFF, 0xCD, 0x2D, 0xDD, 0x51];

    private static byte[] Hash(string id, string version) => SHA256.HashData(Encoding.UTF8.GetBytes($"{id}/{version}"))[..16];

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
