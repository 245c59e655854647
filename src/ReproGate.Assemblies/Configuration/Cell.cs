using ReproGate.Facts.Configuration.Code;

namespace ReproGate.Assemblies.Configuration;

/// <summary>A value in an array that asks at no store whether it may hold it.</summary>
internal struct Cell(CodeValue value)
{
    public CodeValue Value = value;
}
